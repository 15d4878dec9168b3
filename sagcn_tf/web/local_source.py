"""Motion from a run on this machine."""

import functools
import threading

from sagcn_tf import runs


class LocalSource:
    """Generates clips with a checkpoint of a run, which is opened at the first request.

    Args:
        run_dir: folder of the run.
        checkpoint: `"best"` or `"last"`.

    Attributes:
        data: the `MotionData` that describes its motion.
        frames: T.

    Raises:
        UserError: if the folder is not a run.
    """

    def __init__(self, run_dir, checkpoint):
        self.frames = runs.read_config(run_dir).frames
        self.data = runs.read_data(run_dir)
        self._place = run_dir, checkpoint
        self._lock = threading.Lock()

    @functools.cached_property
    def _run(self):
        from sagcn_tf import load_run

        return load_run(*self._place)

    def generate(self, action, count, seed):
        """Generates clips with the attention that made them.

        Args:
            action: see `TrainedRun.generate`.
            count: number of clips.
            seed: seed of the first clip.

        Returns:
            Dict of `motion` float32 `[count, T, N, D]` in `data.unit` and, for systems with
            attention, `attention` float32 `[count, T, T]` and `kept` int32 `[count, T, K + 1]`.

        Raises:
            UserError: if the run cannot be opened, or has no such action.
        """
        with self._lock:  # one at a time: a processor has enough to do with one
            return self._run.attend(action, count, seed)
