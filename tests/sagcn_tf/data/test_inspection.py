import json

import pytest
from PIL import Image

from sagcn_tf.data import inspection
from sagcn_tf.errors import UserError
from tests.bvh_folder import write_bvh_folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_bvh_folder(tmp_path_factory.mktemp("bvh"), files=5, frames=60)


def inspect(folder, tmp_path, output="out"):
    return inspection.inspect(
        "motion_folder", str(tmp_path / "data"), str(folder), tmp_path / output, frames=40
    )


def test_a_folder_is_described_and_drawn(folder, tmp_path):
    text, paths = inspect(folder, tmp_path)

    assert [path.name for path in paths] == ["data.md", "data.png"]
    assert paths[0].read_text() == text
    assert "12 train and 3 test sequences of 3 actions: 22 joints with 3 coordinates" in text
    assert "too short for a clip of 40 frames, which needs 79 frames: " in text
    with Image.open(paths[1]) as page:
        assert page.width > 800 and page.height > 300


def test_an_output_folder_that_cannot_be_created_is_named(folder, tmp_path):
    (tmp_path / "file").touch()

    with pytest.raises(UserError, match="--output_dir=.*out cannot be written"):
        inspect(folder, tmp_path, "file/out")


def test_the_report_of_unusable_raw_files_is_read(tmp_path):
    path = tmp_path / inspection._REPORT
    damaged = [{"file": "a.skeleton", "line": 7, "reason": "3 joints"}]
    missing = [{"file": f"{number}.skeleton", "reason": "nobody"} for number in range(12)]
    path.write_text(json.dumps({"damaged": damaged, "missing": missing, "read": 99}))

    lines = inspection.read_report(path)

    assert lines[0] == "a.skeleton, line 7 is damaged: 3 joints"
    assert lines[1] == "0.skeleton is without a usable skeleton: nobody"
    assert lines[11:] == [f"2 more files are without a usable skeleton: see {path}"]
    assert inspection.read_report(tmp_path / "none.json") == []
