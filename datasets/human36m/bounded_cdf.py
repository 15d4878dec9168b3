"""CDF files whose records form a circle end in an error."""

import cdflib

_MOST_ACCESSES = 200_000  # of the file; a recording needs some hundred


class BoundedCDF(cdflib.CDF):
    """A `cdflib.CDF` that fails where the original would follow a damaged file for ever."""

    @property
    def _f(self):
        self._accesses = getattr(self, "_accesses", 0) + 1
        if self._accesses > _MOST_ACCESSES:
            raise ValueError("its records form a circle")
        return self._file

    @_f.setter
    def _f(self, file):
        self._file = file
