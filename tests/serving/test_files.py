import pytest

from serving.files import atomic_write


def test_the_file_appears_when_it_is_complete(tmp_path):
    path = tmp_path / "new folder" / "report.txt"

    with atomic_write(path) as temporary:
        temporary.write_text("complete")
        assert temporary.suffix == ".txt"
        assert not path.exists()

    assert path.read_text() == "complete"
    assert list(path.parent.iterdir()) == [path]


def test_after_an_error_the_old_file_is_still_there_and_nothing_else(tmp_path):
    path = tmp_path / "report.txt"
    path.write_text("old")

    with pytest.raises(RuntimeError, match="disk"), atomic_write(path) as temporary:
        temporary.write_text("half")
        raise RuntimeError("disk")

    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]
