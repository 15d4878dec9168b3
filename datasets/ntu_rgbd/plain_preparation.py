"""Preparation in this process."""

import itertools

from tqdm import tqdm

from datasets.ntu_rgbd.summary import Summary


class PlainPreparation:
    """Processes the recordings one by one."""

    def summarize(self, task, recordings):
        """Returns the `Summary` of all recordings; shows a progress bar.

        Args:
            task: a `Task`.
            recordings: list of `Recording`s.
        """
        progress = tqdm(recordings, desc="Reading NTU RGB+D", unit=" files", leave=False)
        return Summary.join(map(task.summarize, progress))

    def examples(self, task, recordings, scale):
        """Returns an iterator over the (key, example) pairs of the recordings.

        Args:
            task: a `Task`.
            recordings: list of `Recording`s.
            scale: factor that motion is multiplied by.
        """
        return itertools.chain.from_iterable(
            task.examples(recording, scale) for recording in recordings
        )
