"""The error of one file that can't be read; the build goes on without it."""

from datasets.raw_data_error import RawDataError


class DamagedFileError(RawDataError):
    """A `.skeleton` file that isn't one.

    Args:
        file: name of the file.
        line: number of the line at fault, from 1; None where no line is.
        reason: what was expected there, and what came.
    """

    def __init__(self, file, line, reason):
        super().__init__(file, line, reason)
        self.file, self.line, self.reason = file, line, reason

    def __str__(self):
        where = self.file if self.line is None else f"{self.file}, line {self.line}"
        return f"{where}: {self.reason}"
