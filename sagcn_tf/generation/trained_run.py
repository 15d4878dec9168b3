"""A trained run that generates clips by the names of its classes."""

import numpy as np

from sagcn_tf import runs
from sagcn_tf.errors import UserError
from sagcn_tf.generation.labels import label_of
from sagcn_tf.generation.sampling import NO_TRANSITIONS, check_finite, sample_label
from sagcn_tf.generation.writers import check_output, write


class TrainedRun:
    """Generates clips of a trained run and writes them to files.

    Example:
    ```python
    run = sagcn_tf.load_run("runs/synthetic-sagcn-small-0")
    motion = run.generate("walking", count=3, seed=0)
    run.save("walk.gif", motion, "walking")
    ```

    Args:
        run_dir: folder of the run.
        checkpoint: `"best"` (lowest MMD_seq on the selection clips, the default) or `"last"`.

    Attributes:
        model: the `MotionModel`.
        data: the `MotionData` that it was trained on, without sequences: `class_names`, `skeleton`,
            `unit` and frame rate.
        config: the `Config`.

    Raises:
        UserError: if the folder is not a run or has no such checkpoint.
    """

    def __init__(self, run_dir, checkpoint="best"):
        self.model, self.data, self.config = runs.open_run(run_dir, checkpoint)

    def generate(self, action, count=1, seed=0, progress=None):
        """Generates clips of an action.

        Args:
            action: the name of a class, ignoring case, spaces, hyphens and underscores; a mixture
                of classes such as `{"walking": 0.5, "sitting": 0.5}` (equation 8); or a transition
                `("walking", "sitting")` from the first to the last frame.
            count: number of clips. Default 1.
            seed: seed of the first clip. Clip i has `seed + i` and does not depend on the others.
                Default 0.
            progress: called with the number of clips after each batch.

        Returns:
            float32 `[count, T, N, D]` in `data.unit`: x to the right, y down, z away.

        Raises:
            UserError: if a class is unknown, weights are not a mixture, the system of the run has
                no transitions, or the model generates NaN or infinity.
        """
        seeds = np.arange(seed, seed + count, dtype=np.int32)
        label, _ = label_of(action, self.data.class_names)
        return sample_label(self.model, self.data, label, seeds, progress)

    def attend(self, action, count=1, seed=0):
        """Generates clips and returns the attention that made them.

        Args:
            action: see `generate`.
            count: number of clips, generated at once. Default 1.
            seed: seed of the first clip. Default 0.

        Returns:
            A dictionary of `motion` `[count, T, N, D]` in `data.unit` and, if the system has
            attention, `attention` `[count, T, T]` and `kept`, the frame indices
            `[count, T, top_k + 1]`.

        Raises:
            UserError: if a class is unknown, weights are not a mixture, the system has no
                transitions, or the model generates NaN or infinity.
        """
        seeds = np.arange(seed, seed + count, dtype=np.int32)
        label, _ = label_of(action, self.data.class_names)
        labels = np.broadcast_to(label, (count, *label.shape))
        if label.ndim == 1:
            clips = self.model.attend(labels, seeds)
        elif self.model.follows_labels:
            clips = self.model.attend_transition(labels[:, 0], labels[:, 1], seeds)
        else:
            raise UserError(NO_TRANSITIONS)
        clips = {name: np.asarray(values) for name, values in clips.items()}
        check_finite(clips["motion"])
        return clips | {"motion": self.data.unstandardize(clips["motion"]).astype(np.float32)}

    def save(self, path, motion, label="", seed=0):
        """Writes clips in the format that the suffix of `path` names.

        Args:
            path: file with the suffix `.npz`, `.csv`, `.gif`, `.mp4`, `.png` or, for 3-D motion,
                `.bvh` or `.glb`.
            motion: `[count, T, N, D]`, from `generate`.
            label: title of the action, for pictures and arrays.
            seed: seed of the first clip, for titles and file names. Default 0.

        Returns:
            The paths of the files: one file for each clip for `.csv` and `.bvh`.

        Raises:
            UserError: if a file cannot be written, or cannot hold such motion.
        """
        check_output(path, self.data)
        seeds = np.arange(seed, seed + len(motion), dtype=np.int32)
        return write(path, motion, self.data, label, seeds)
