"""The trials of a part: numbered by seeds, bounded in count and time."""

import json
import pathlib
import time


class Trials:
    """Yields one seed per trial, until the count or the time is used up.

    Everything random in a trial comes from its seed, so that a part that starts with the seed of a
    failure repeats it first.

    Args:
        folder: an empty folder for the files of the part.
        seed: seed of the first trial; each next one has the next number.
        count: the most trials.
        seconds: no trial begins after this time.

    Attributes:
        done: number of trials that began.
        failures: list of `(seed, text)`.
        notes: list of sentences for the report.
        table: header and rows for the report; None without one.
    """

    def __init__(self, folder, seed, count, seconds):
        self.folder = pathlib.Path(folder)
        self.first, self.most = seed, count
        self._begun = time.monotonic()
        self._end = self._begun + seconds
        self.done, self.failures, self.notes, self.table = 0, [], [], None

    def __iter__(self):
        for seed in range(self.first, self.first + self.most):
            if time.monotonic() > self._end:
                return
            self.done += 1
            # If the process crashes, this tells where.
            (self.folder / "seed").write_text(str(seed))
            yield seed

    def part(self, count, share):
        """Returns trials for a stage of the part, with a share of the time that is left."""
        left = max(self._end - time.monotonic(), 0)
        stage = Trials(self.folder, self.first, count, share * left)
        stage.failures, stage.notes = self.failures, self.notes
        return stage

    def fail(self, seed, text):
        """Notes a failure."""
        self.failures.append((seed, text))

    def note(self, sentence):
        """Adds a sentence to the report."""
        self.notes.append(sentence)

    def save(self, path):
        """Writes the result as JSON."""
        result = {
            "count": self.done,
            "failures": self.failures,
            "notes": self.notes,
            "table": self.table,
            "seconds": round(time.monotonic() - self._begun),
        }
        pathlib.Path(path).write_text(json.dumps(result))
