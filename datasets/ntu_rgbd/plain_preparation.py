"""All samples, one after the other."""

import itertools

from tqdm import tqdm

from datasets.ntu_rgbd.summary import Summary


class PlainPreparation:
    """Goes through the samples in this process."""

    def summarise(self, task, samples):
        """Shows how long it will take, and returns the `Summary` of all samples.

        Args:
            task: a `Task`.
            samples: list of `Sample`s.
        """
        progress = tqdm(samples, desc="Reading NTU RGB+D", unit=" files", leave=False)
        return Summary.join(map(task.summarise, progress))

    def examples(self, task, samples, scale):
        """Returns an iterator over the keys and examples of the samples.

        Args:
            task: a `Task`.
            samples: list of `Sample`s.
            scale: what motion is multiplied by.
        """
        return itertools.chain.from_iterable(task.examples(sample, scale) for sample in samples)
