"""The clips that figures are drawn from: of a trained run, and real ones of its data set."""

import functools

import numpy as np

from sagcn_tf import runs
from sagcn_tf.data.clips import limit_clips_per_class
from sagcn_tf.data.input_pipeline import evaluation_clips, load_as_trained
from sagcn_tf.errors import UserError
from sagcn_tf.generation.labels import find_label
from sagcn_tf.generation.trained_run import TrainedRun

_REAL_SEED = 0


class FigureSource:
    """Generates clips of a run, and draws real clips of the data it was trained on.

    All clips are in the unit of the data. Real clips are of training subjects.

    Args:
        run_dir: folder of the run.
        checkpoint: `"best"` or `"last"`.
        data_dir: folder of prepared data, only read if a figure shows real clips.
        manual_dir: folder with raw files, or None.

    Attributes:
        run: the `TrainedRun`.
        title: short description of the run, to stand above a picture.
        class_names: names of all classes.
        skeleton: the `Skeleton`.

    Raises:
        UserError: if the folder is not a run or has no such checkpoint.
    """

    def __init__(self, run_dir, checkpoint, data_dir, manual_dir):
        self.run = TrainedRun(run_dir, checkpoint)
        self.class_names, self.skeleton = list(self.run.data.class_names), self.run.data.skeleton
        self._folders = data_dir, manual_dir
        config, step = self.run.config, runs.checkpoint_step(run_dir, checkpoint)
        self.title = f"{config.dataset}, {config.model}, preset {config.preset}, step {step}"

    @functools.cached_property
    def data(self):
        """The `MotionData` of the run, with sequences.

        Raises:
            UserError: if the data are not those of the run.
        """
        data = load_as_trained(self.run.data, self.run.config.frames, *self._folders)
        if not data.matches(self.run.data):
            raise UserError(
                f"--data_dir={self._folders[0]} contains different data than the run was trained "
                "on (see its data.json). Use the folder from its training"
            )
        return data

    def chosen(self, classes, default=None):
        """Returns the names of the given classes, or of `default`, or of all, as the data has them.

        Raises:
            UserError: if a class is unknown.
        """
        names = classes or default or self.class_names
        return [self.class_names[find_label(name, self.class_names)] for name in names]

    def generated(self, classes, count, progress=None):
        """Generates clips with the seeds 0 to `count` - 1, `[classes, count, T, N, D]`."""
        return np.stack([self.run.generate(name, count, 0, progress) for name in classes])

    def real(self, classes, count):
        """Draws real training clips at random.

        Of resampled data, draws fewer if a class has fewer than `2 * count` sequences.

        Returns:
            `[classes, count, T, N, D]`.
        """
        count = limit_clips_per_class(self.data, count)
        frames = self.run.config.frames
        clips = evaluation_clips(self.data, "train", count, _REAL_SEED, frames)
        chosen = [self.class_names.index(name) for name in classes]
        return self.data.unstandardize(clips[chosen])

    def coordinates(self):
        """Returns the names of the N D coordinates of a frame: `Head_x`, `Head_y`, ..."""
        axes = "xyz"[: self.run.data.mean.shape[-1]]
        return [f"{joint}_{axis}" for joint in self.skeleton.joints for axis in axes]
