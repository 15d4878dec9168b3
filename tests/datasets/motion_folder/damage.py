"""Damaged files: a reader either answers with arrays or with its own error."""

from hypothesis import strategies as st

from datasets.raw_data_error import RawDataError


def damaged(data, content):
    """Returns the bytes of a file with up to five of them changed, as Hypothesis draws them."""
    content = bytearray(content)
    for _ in range(data.draw(st.integers(1, 5))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    return bytes(content)


def check_reader(read, folder, content):
    """Checks that `read(folder, content)` returns positions or raises a `RawDataError`."""
    try:
        positions = read(folder, content).positions
    except RawDataError as error:
        assert str(error)
    else:
        assert positions.ndim == 3
