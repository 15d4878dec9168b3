"""The error for one damaged file. The build continues without the file."""

from datasets.raw_data_error import RawDataError


class DamagedFileError(RawDataError):
    """A `.skeleton` file is damaged.

    Args:
        file: name of the file.
        line: number of the invalid line, from 1; None if the error is not in one line.
        reason: what was expected there and what was found.
    """

    def __init__(self, file, line, reason):
        super().__init__(file, line, reason)
        self.file, self.line, self.reason = file, line, reason

    def __str__(self):
        where = self.file if self.line is None else f"{self.file}, line {self.line}"
        return f"{where}: {self.reason}"
