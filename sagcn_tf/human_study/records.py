"""Raters and ratings in files that only grow, a JSON object per line."""

import json
import os
import pathlib
import threading

from sagcn_tf.errors import UserError

RATERS, RATINGS = "raters.jsonl", "ratings.jsonl"


class Records:
    """The raters and the ratings of a study.

    A line is on the disk before its rater sees the next clip, so a crash loses nothing that was
    acknowledged. An unfinished last line is left over from a crash and dropped. Methods may be
    called from several threads.

    Args:
        folder: folder of the study.

    Attributes:
        raters: names of the raters, in the order of their first visit.
        ratings: `{(rater, judgment): dict}`, the first rating of each judgment.

    Raises:
        UserError: if a file is damaged or cannot be read.
    """

    def __init__(self, folder):
        self._folder, self._lock = pathlib.Path(folder), threading.Lock()
        self.raters = [line["rater"] for line in self._read(RATERS)]
        self.ratings = {}
        for line in self._read(RATINGS):
            self.ratings.setdefault((line["rater"], line["judgment"]), line)

    def register(self, rater) -> int:
        """Returns the number of a rater, who is added on the first visit."""
        with self._lock:
            if rater not in self.raters:
                self._append(RATERS, {"rater": rater})
                self.raters.append(rater)
            return self.raters.index(rater)

    def add(self, rater, judgment, **values) -> bool:
        """Adds a rating; returns False, and keeps the first one, if the judgment has a rating.

        Args:
            rater: name of the rater.
            judgment: number of the judgment in the rater's schedule.
            **values: JSON-serializable, among them `rating`.
        """
        line = {"rater": rater, "judgment": judgment, **values}
        with self._lock:
            if (rater, judgment) in self.ratings:
                return False
            self._append(RATINGS, line)
            self.ratings[rater, judgment] = line
            return True

    def done(self, rater) -> set[int]:
        """Returns the numbers of the judgments that a rater has made."""
        with self._lock:
            return {judgment for name, judgment in self.ratings if name == rater}

    def _read(self, name):
        path = self._folder / name
        try:
            lines = path.read_bytes().split(b"\n") if path.exists() else [b""]
        except OSError as error:
            raise UserError(f"{path} cannot be read: {error}") from error
        for number, line in enumerate(lines[:-1], start=1):
            try:
                yield json.loads(line)
            except ValueError as error:
                raise UserError(
                    f"{path}, line {number} is damaged: {error}. Restore or delete this line"
                ) from error

    def _append(self, name, values):
        with open(self._folder / name, "ab+") as file:
            _drop_unfinished_line(file)
            file.write(json.dumps(values).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())


def _drop_unfinished_line(file):
    size = file.seek(0, os.SEEK_END)
    if not size:
        return
    file.seek(-1, os.SEEK_END)
    if file.read() != b"\n":
        file.seek(0)
        file.truncate(file.read().rfind(b"\n") + 1)
