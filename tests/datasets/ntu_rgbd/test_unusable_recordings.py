import logging
import shutil

import pytest

from datasets.ntu_rgbd import inventory
from datasets.ntu_rgbd.ntu_rgbd_dataset_builder import NtuRgbdConfig
from datasets.ntu_rgbd.recording_names import Recording
from datasets.raw_data_error import RawDataError
from tests.datasets.ntu_rgbd.prepared import (
    ACTIONS,
    FRAME_RATE,
    SUBJECTS,
    prepare,
    report_of,
    write_files,
)
from tests.datasets.ntu_rgbd.write_skeleton_files import write
from tests.datasets.preparation import NO_RAW_FILES, examples, refusal


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """A folder of raw files, and the points in them."""
    folder = tmp_path_factory.mktemp("raw")
    return folder, write_files(folder)


@pytest.fixture
def raw(written, tmp_path):
    """A copy of the raw files, to be changed."""
    return shutil.copytree(written[0], tmp_path / "raw")


def path_of(folder, camera=2, subject=1, action=7):
    return folder / f"S001C{camera:03}P{subject:03}R001A{action:03}.skeleton"


def warnings(caplog):
    """Returns the warnings of the builder, without those of TFDS."""
    messages = [r.getMessage() for r in caplog.records if r.levelno >= logging.WARNING]
    return [message for message in messages if "NTU RGB+D" in message]


def damage_one_of_24(raw):
    write(raw, [2, 4], tuple(ACTIONS), FRAME_RATE)
    path = path_of(raw, subject=4)
    lines = path.read_text().splitlines()
    path.write_text("\n".join([*lines[:40], "text", *lines[41:]]))
    return path


def make_other_files(folder):
    folder.mkdir()
    (folder / f"{Recording(1, 1, 1, 1, 2).name}.skeleton").touch()
    (folder / "nturgbd_skeletons_s018_to_s032.zip").touch()


def test_a_part_of_the_data_set_is_summed_up_in_one_warning(raw, tmp_path, caplog):
    with caplog.at_level(logging.WARNING, logger="absl"):
        prepare(raw, tmp_path)

    [message] = warnings(caplog)
    assert "9468 of the 9480 recordings of the ten actions are missing" in message
    assert "per action, of 948 each: jump_up 6, throw 6; none of the other 8" in message
    assert "per camera, of 3160 each: C001 4, C002 4, C003 4." in message
    assert "per subject: P001 6, P003 6" in message
    assert f"put {inventory.MISSING_LIST} beside" in message


def test_a_damaged_file_is_left_out_and_reported(raw, tmp_path, caplog):
    path = damage_one_of_24(raw)

    with caplog.at_level(logging.WARNING, logger="absl"):
        builder = prepare(raw, tmp_path)

    assert sum(info.num_examples for info in builder.info.splits.values()) == 23
    assert path.stem not in examples(builder, "train")
    (missing, *found) = (report := report_of(tmp_path)).pop("incomplete")
    assert missing == "9456 of the 9480 recordings of the ten actions are missing."
    assert [line.partition(":")[0] for line in found] == [
        "Found per action, of 948 each",
        "Found per camera, of 3160 each",
        "Found per subject",
    ]
    assert report == {
        "source": str(raw),
        "found": 24,
        "listed": [],
        "read": 24,
        "usable": {"train": 15, "test": 8},
        "missing": [],
        "damaged": [{"file": path.name, "line": 41, "reason": "expected numbers, got 'text'"}],
    }
    [message] = warnings(caplog)
    assert f"1 of 24 files are damaged and left out: {path.name}, line 41: expected" in message
    assert str(tmp_path / "ntu_rgbd" / "xview" / "raw_files_report.json") in message


def test_a_damaged_file_changes_nothing_else(raw, tmp_path):
    path = damage_one_of_24(raw)
    with_it = prepare(raw, tmp_path / "a")
    path.unlink()
    without_it = prepare(raw, tmp_path / "b")

    assert with_it.info.metadata == without_it.info.metadata


def test_too_many_damaged_files_fail_the_build_and_leave_nothing(raw, tmp_path):
    path_of(raw).write_bytes(b"\0")  # 1 of 12 is more than 5%

    with pytest.raises(
        RawDataError, match=r"1 of 12 files are damaged, more than 5%: S001.*line 1"
    ):
        prepare(raw, tmp_path)

    assert len(report_of(tmp_path)["damaged"]) == 1
    assert not list((tmp_path / "ntu_rgbd" / "xview").glob("*1.0.0*"))


def test_the_share_of_damaged_files_can_be_chosen(raw, tmp_path):
    path_of(raw).write_bytes(b"\0")
    tolerant = NtuRgbdConfig(
        name="tolerant", description="xview, some damage", largest_damaged_share=0.1
    )

    assert prepare(raw, tmp_path, tolerant).info.splits["train"].num_examples == 7


def test_recordings_without_a_skeleton_are_left_out_and_reported(raw, tmp_path, caplog):
    path_of(raw).write_text("2\n0\n0\n")

    with caplog.at_level(logging.WARNING, logger="absl"):
        builder = prepare(raw, tmp_path)

    assert builder.info.splits["train"].num_examples == 7
    [missing] = report_of(tmp_path)["missing"]
    assert missing == {"file": path_of(raw).name, "reason": "no body in any of 2 frames"}
    assert "fewer than half of the frames: 1. To use the owners' list" in warnings(caplog)[0]


def test_listed_recordings_are_left_out(raw, tmp_path, caplog):
    listed = path_of(raw)
    (raw / inventory.MISSING_LIST).write_text(listed.stem)
    path_of(raw, camera=3).write_text("2\n0\n0\n")

    with caplog.at_level(logging.WARNING, logger="absl"):
        builder = prepare(raw, tmp_path)

    assert builder.info.splits["train"].num_examples == 6
    assert report_of(tmp_path)["listed"] == [listed.stem]
    assert "without a usable skeleton that are not in the list: 1." in warnings(caplog)[0]


def test_where_no_recording_of_a_split_is_usable_the_build_fails(raw, tmp_path):
    for subject in SUBJECTS:
        for action in ACTIONS:
            path_of(raw, 1, subject, action).write_text("1\n0\n")

    with pytest.raises(RawDataError, match="none of the 12 files is usable for test"):
        prepare(raw, tmp_path)


@pytest.mark.parametrize("make", [*NO_RAW_FILES.values(), make_other_files])
def test_without_recordings_one_error_says_what_to_get_and_where_to_put_it(make, tmp_path):
    message = refusal(prepare, make, tmp_path)

    for part in [
        str(tmp_path / "raw"),
        "register at https://rose1.ntu.edu.sg/dataset/actionRecognition",
        "nturgbd_skeletons_s001_to_s017.zip",
        "nturgb+d_skeletons/S001C001P001R001A001.skeleton",
        "NTU_RGBD_samples_with_missing_skeletons.txt",
    ]:
        assert part in message


def test_recordings_of_one_split_alone_are_refused(raw, tmp_path):
    for subject in SUBJECTS:
        for action in ACTIONS:
            path_of(raw, 1, subject, action).unlink()

    with pytest.raises(RawDataError, match="none of the 8 found is for test"):
        prepare(raw, tmp_path)
