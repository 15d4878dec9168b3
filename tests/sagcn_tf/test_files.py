import pytest

from sagcn_tf.files import atomic_write, json_hash


def test_the_file_appears_when_it_is_complete(tmp_path):
    path = tmp_path / "new" / "report.txt"

    with atomic_write(path) as temporary:
        temporary.write_text("whole")
        assert temporary.suffix == ".txt"
        assert not path.exists()

    assert path.read_text() == "whole"
    assert list(path.parent.iterdir()) == [path]


def test_an_error_keeps_the_old_file_and_nothing_else(tmp_path):
    path = tmp_path / "report.txt"
    path.write_text("old")

    with pytest.raises(RuntimeError, match="disk"), atomic_write(path) as temporary:
        temporary.write_text("half")
        raise RuntimeError("disk")

    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_hash_depends_on_the_values_and_not_on_the_order_of_keys():
    assert json_hash({"a": 1, "b": [2]}) == json_hash({"b": [2], "a": 1}) != json_hash({"a": 1})
    assert json_hash([]) == "4f53cda18c2b"  # of the text []; names of existing files rely on it
