import json

import pytest
from PIL import Image

from datasets import raw_files_report
from sagcn_tf.data import inspection
from sagcn_tf.errors import UserError
from tests.bvh_folder import write_bvh_folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = write_bvh_folder(tmp_path_factory.mktemp("bvh"), files=5, frames=60)
    (folder / "skeleton.json").write_text('{"clip_stride": 2}')
    return folder


def inspect(folder, tmp_path, output="out"):
    return inspection.inspect(
        "motion_folder", str(tmp_path / "data"), str(folder), tmp_path / output, frames=40
    )


def test_a_folder_is_described_and_drawn(folder, tmp_path):
    text, paths = inspect(folder, tmp_path)

    assert [path.name for path in paths] == ["data.md", "left_out.txt", "data.png"]
    assert paths[0].read_text() == text
    # 60, 67, 74, 81 and 88 frames.
    assert paths[1].read_text().splitlines()[0] == "bowing/take1.bvh has 60 of 79 frames"
    assert len(paths[1].read_text().splitlines()) == 9
    assert "12 train and 3 test sequences of 3 actions: 22 joints with 3 coordinates" in text
    assert "train: 9 sequences are left out, because a clip of 40 frames needs 79 frames: " in text
    with Image.open(paths[2]) as page:
        assert page.width > 800 and page.height > 300


def test_what_was_left_out_of_the_folder_and_how_it_was_read_is_told(tmp_path):
    folder = write_bvh_folder(tmp_path / "bvh", files=3, frames=20)
    for number in range(12):
        (folder / "waving" / f"bad{number}.bvh").write_text("HIERARCHY")
    take = folder / "waving" / "take1.bvh"
    take.write_text(take.read_text() + take.read_text().splitlines()[-1])

    folders = str(tmp_path / "data"), str(folder)
    text, paths = inspection.inspect("motion_folder", *folders, tmp_path, frames=8)

    assert "* waving/take1.bvh: has one row more than Frames announces" in text
    assert "* waving/bad0.bvh cannot be used: not a BVH file" in text
    assert "* 2 more files: see left_out.txt" in text
    assert len(paths[1].read_text().splitlines()) == 12


def test_an_output_folder_that_cannot_be_created_is_named(folder, tmp_path):
    (tmp_path / "file").touch()

    with pytest.raises(UserError, match="--output_dir=.*out cannot be written"):
        inspect(folder, tmp_path, "file/out")


def test_the_report_of_unusable_raw_files_is_read(tmp_path):
    path = tmp_path / raw_files_report.NAME
    damaged = [{"file": "a.skeleton", "line": 7, "reason": "3 joints"}]
    missing = [{"file": f"{number}.skeleton", "reason": "nobody"} for number in range(12)]
    incomplete = ["9 of 99 recordings are missing.", "Found per camera: C001 90."]
    report = {"incomplete": incomplete, "damaged": damaged, "missing": missing, "read": 99}
    path.write_text(json.dumps(report))

    read = inspection.read_report(path)

    assert read["incomplete"] == ["9 of 99 recordings are missing", "Found per camera: C001 90"]
    lines = read["left_out"]
    assert lines[0] == "a.skeleton, line 7 cannot be used: 3 joints"
    assert lines[1] == "0.skeleton is without a usable skeleton: nobody" and len(lines) == 13
    assert inspection.read_report(tmp_path / "none.json") == {
        "incomplete": [],
        "left_out": [],
        "notes": [],
    }
