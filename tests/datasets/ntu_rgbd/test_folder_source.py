import pytest

from datasets.ntu_rgbd.damaged_file_error import DamagedFileError
from datasets.ntu_rgbd.folder_source import LARGEST_FILE, FolderSource
from datasets.ntu_rgbd.recording_names import read_name

RECORDING = read_name("S001C001P001R001A001")


def path_of(folder, name=RECORDING.name):
    return folder / f"{name}.skeleton"


def test_recordings_are_sorted_and_other_files_are_ignored(tmp_path):
    for name in [
        "S002C001P001R001A001.skeleton",
        "S001C001P001R001A040.skeleton",
        "S001C001P001R001A041.skeleton",
        "S018C001P001R001A001.skeleton",
        "S001C001P001R001A001.txt",
        "S001C001P001R001A001",
        "readme.skeleton",
    ]:
        (tmp_path / name).touch()

    assert [recording.name for recording in FolderSource(tmp_path).recordings()] == [
        "S001C001P001R001A040",
        "S002C001P001R001A001",
    ]


def test_no_folder_holds_nothing(tmp_path):
    assert FolderSource(tmp_path / "none").recordings() == []
    (tmp_path / "file").touch()
    assert FolderSource(tmp_path / "file").recordings() == []


def test_content_is_read_as_it_is(tmp_path):
    path_of(tmp_path).write_bytes(b"1\r\n0\r\n")

    assert FolderSource(tmp_path).read(RECORDING) == b"1\r\n0\r\n"


def test_what_can_not_be_read_is_damaged(tmp_path):
    path_of(tmp_path).mkdir()

    with pytest.raises(DamagedFileError, match=r"S001C001P001R001A001\.skeleton: can't be read"):
        FolderSource(tmp_path).read(RECORDING)


def test_a_file_too_large_for_a_recording_is_damaged(tmp_path):
    with path_of(tmp_path).open("wb") as file:
        file.truncate(LARGEST_FILE)
    assert len(FolderSource(tmp_path).read(RECORDING)) == LARGEST_FILE

    with path_of(tmp_path).open("ab") as file:
        file.truncate(LARGEST_FILE + 1)
    with pytest.raises(DamagedFileError, match=r"\.skeleton: expected at most 16 MiB"):
        FolderSource(tmp_path).read(RECORDING)
