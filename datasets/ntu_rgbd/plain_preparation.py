"""All recordings, one after the other."""

import itertools

from tqdm import tqdm

from datasets.ntu_rgbd.summary import Summary


class PlainPreparation:
    """Goes through the recordings in this process."""

    def summarize(self, task, recordings):
        """Shows how long it will take, and returns the `Summary` of all recordings.

        Args:
            task: a `Task`.
            recordings: list of `Recording`s.
        """
        progress = tqdm(recordings, desc="Reading NTU RGB+D", unit=" files", leave=False)
        return Summary.join(map(task.summarize, progress))

    def examples(self, task, recordings, scale):
        """Returns an iterator over the keys and examples of the recordings.

        Args:
            task: a `Task`.
            recordings: list of `Recording`s.
            scale: what motion is multiplied by.
        """
        return itertools.chain.from_iterable(
            task.examples(recording, scale) for recording in recordings
        )
