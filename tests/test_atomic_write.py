"""Files of the library and of serving, which works without the library."""

import pytest

from sagcn_tf import files
from sagcn_tf.config import Config
from sagcn_tf.errors import UserError
from serving import errors as serving_errors
from serving import files as serving_files
from serving.pushing.blessing import check_blessing


@pytest.fixture(params=[files, serving_files], ids=["sagcn_tf", "serving"])
def atomic_write(request):
    return request.param.atomic_write


def test_the_file_appears_when_it_is_complete(atomic_write, tmp_path):
    path = tmp_path / "new folder" / "report.txt"

    with atomic_write(path) as temporary:
        temporary.write_text("complete")
        assert temporary.suffix == ".txt"
        assert not path.exists()

    assert path.read_text() == "complete"
    assert list(path.parent.iterdir()) == [path]


def test_an_error_keeps_the_old_file_and_nothing_else(atomic_write, tmp_path):
    path = tmp_path / "report.txt"
    path.write_text("old")

    with pytest.raises(RuntimeError, match="disk"), atomic_write(path) as temporary:
        temporary.write_text("half")
        raise RuntimeError("disk")

    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_json_that_is_nested_too_deeply_is_a_damaged_file(tmp_path):
    for name in ("config.json", "blessing.json"):
        (tmp_path / name).write_text("[" * 10**6)

    for module in (files, serving_files):
        with pytest.raises(ValueError, match="expected JSON that is nested less deeply"):
            module.read_json(tmp_path / "config.json")
    with pytest.raises(UserError, match="is not the configuration of a run"):
        Config.load(tmp_path / "config.json")
    with pytest.raises(serving_errors.UserError, match=r"blessing\.json is damaged"):
        check_blessing(tmp_path)
