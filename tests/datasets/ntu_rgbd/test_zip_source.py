import copy
import tracemalloc
import zipfile

import pytest

from datasets.ntu_rgbd.damaged_file_error import DamagedFileError
from datasets.ntu_rgbd.folder_source import LARGEST_FILE
from datasets.ntu_rgbd.recording_names import read_name
from datasets.ntu_rgbd.zip_source import ZipSource
from datasets.raw_data_error import RawDataError

RECORDINGS = [read_name(f"S001C001P001R001A0{action}") for action in ("01", "40")]
FOLDER = "nturgb+d_skeletons"


def member(recording):
    return f"{FOLDER}/{recording.name}.skeleton"


def write_zip(path, contents, compression=zipfile.ZIP_DEFLATED):
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    return path


@pytest.fixture
def path(tmp_path):
    contents = {
        f"{FOLDER}/": "",
        **{
            member(recording): f"{recording.action}\r\n" * 1000
            for recording in reversed(RECORDINGS)
        },
        f"{FOLDER}/S001C001P001R001A002.skeleton": "another action",
        f"__MACOSX/{FOLDER}/._{RECORDINGS[0].name}.skeleton": "not a recording",
        "readme.txt": "",
    }
    return write_zip(tmp_path / "skeletons.zip", contents)


def test_recordings_are_sorted_and_other_members_are_ignored(path):
    assert ZipSource(path).recordings() == RECORDINGS


def test_content_is_unpacked_in_memory(path, tmp_path):
    source = ZipSource(path)

    assert [source.read(recording)[:4] for recording in RECORDINGS] == [b"1\r\n1", b"40\r\n"]
    assert list(tmp_path.iterdir()) == [path]


def test_an_uncompressed_archive_in_another_folder_is_read(tmp_path):
    name = f"a/b/{RECORDINGS[0].name}.skeleton"
    path = write_zip(tmp_path / "a.zip", {name: "0\n"}, zipfile.ZIP_STORED)

    assert ZipSource(path).read(RECORDINGS[0]) == b"0\n"


def test_no_archive_holds_nothing(tmp_path):
    assert ZipSource(tmp_path / "none.zip").recordings() == []


def test_it_works_where_it_was_sent(path):
    source = ZipSource(path)
    source.recordings()  # opens the archive, which can't be sent

    sent = copy.deepcopy(source)  # by the same protocol as Beam's

    assert sent.read(RECORDINGS[1]) == source.read(RECORDINGS[1])


@pytest.mark.parametrize("keep", [0, 100, -20])
def test_an_archive_cut_short_is_refused_by_name(path, keep):
    path.write_bytes(path.read_bytes()[:keep])

    with pytest.raises(RawDataError, match=r"skeletons\.zip: expected a zip file"):
        ZipSource(path).recordings()


def test_a_member_with_wrong_bytes_is_damaged_and_the_others_are_not(path):
    with zipfile.ZipFile(path) as archive:
        start = archive.getinfo(member(RECORDINGS[0])).header_offset
    data = bytearray(path.read_bytes())
    start += 30 + len(member(RECORDINGS[0]))  # its local header
    data[start : start + 8] = b"\xff" * 8
    path.write_bytes(data)

    source = ZipSource(path)
    with pytest.raises(
        DamagedFileError, match=rf"{RECORDINGS[0].name}.skeleton: can't be unpacked"
    ):
        source.read(RECORDINGS[0])
    assert source.read(RECORDINGS[1])


def test_an_encrypted_member_is_damaged(path):
    data = bytearray(path.read_bytes())
    for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = data.find(signature)
        while start >= 0:
            data[start + flags] |= 1
            start = data.find(signature, start + 1)
    path.write_bytes(data)

    with pytest.raises(DamagedFileError, match="encrypted"):
        ZipSource(path).read(RECORDINGS[0])


def test_a_member_that_would_unpack_to_more_than_a_recording_costs_no_memory(tmp_path):
    path = write_zip(tmp_path / "a.zip", {member(RECORDINGS[0]): bytes(4 * LARGEST_FILE)})

    tracemalloc.start()
    with pytest.raises(DamagedFileError, match="expected at most 16 MiB"):
        ZipSource(path).read(RECORDINGS[0])
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < 3 * LARGEST_FILE


@pytest.mark.parametrize("folder", ["../../..", "/etc", "..\\.."])
def test_a_path_out_of_the_archive_leads_nowhere(tmp_path, folder):
    (tmp_path / "deep").mkdir()
    name = f"{folder}/{RECORDINGS[0].name}.skeleton"
    path = write_zip(tmp_path / "deep" / "a.zip", {name: "0\n"})

    assert ZipSource(path).read(RECORDINGS[0]) == b"0\n"
    assert sorted(tmp_path.rglob("*")) == [path.parent, path]


def test_a_name_that_is_no_text_is_damage(tmp_path):
    path = write_zip(tmp_path / "a.zip", {"S\u00e4": "0\n"})
    path.write_bytes(path.read_bytes().replace("S\u00e4".encode(), b"S\xff\xff"))

    with pytest.raises(RawDataError, match=r"a\.zip: expected a zip file"):
        ZipSource(path).recordings()
