"""Real clips, to lay beside generated ones."""

import threading

from sagcn_tf.data import input_pipeline
from sagcn_tf.errors import UserError


class RealClips:
    """Draws clips of the training subjects from prepared data, which are read when first needed.

    Args:
        data_dir: folder of the prepared data. Synthetic data are prepared in a few seconds if they
            are not there.
        manual_dir: folder with raw files that cannot be downloaded. Default: None.
    """

    def __init__(self, data_dir, manual_dir=None):
        self._folders, self._read, self._lock = (data_dir, manual_dir), {}, threading.Lock()

    def draw(self, source, number, count, seed):
        """Draws clips of a class.

        Args:
            source: the source whose clips they stand beside.
            number: number of the class.
            count: number of clips.
            seed: seed of the draw.

        Returns:
            float32 `[count, T, N, D]` in the unit of the data.

        Raises:
            UserError: if the data are not there, or not those of the source.
        """
        described, frames = source.data, source.frames
        name = described.dataset
        key = name, described.fingerprint, described.min_frames, frames
        with self._lock:
            if key not in self._read:
                read = input_pipeline.load_as_trained(described, frames, *self._folders)
                self._read[key] = read
        data = self._read[key]
        if (data.class_names, data.skeleton) != (described.class_names, described.skeleton):
            raise UserError(f"{name} in --data_dir={self._folders[0]} are other data than these")
        clips = input_pipeline.evaluation_clips(data, "train", count, seed, frames)
        return data.unstandardize(clips[number]).astype("float32")
