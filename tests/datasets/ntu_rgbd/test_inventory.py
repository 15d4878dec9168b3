import zipfile

import pytest

from datasets.ntu_rgbd import recording_names
from datasets.ntu_rgbd.folder_source import FolderSource
from datasets.ntu_rgbd.inventory import ARCHIVE, MISSING_LIST, Inventory, take_inventory
from datasets.ntu_rgbd.recording_names import Recording
from datasets.raw_data_error import RawDataError

SOME = [Recording(1, camera, subject, 1, 7) for camera in (1, 2) for subject in (1, 3)]


def full_set():
    """As many recordings as the data set has, and as many of each split of each benchmark."""
    return [
        Recording(number // 32 + 1, camera, 1 if number < 224 else 3, number % 32, action)
        for action in recording_names.ACTIONS
        for camera in (1, 2, 3)
        for number in range(316)
    ]


def put(folder, chosen):
    folder.mkdir(parents=True, exist_ok=True)
    for recording in chosen:
        (folder / f"{recording.name}.skeleton").touch()


def put_zip(folder, chosen):
    with zipfile.ZipFile(folder / "nturgbd_skeletons_s001_to_s017.zip", "w") as archive:
        for recording in chosen:
            archive.writestr(f"nturgb+d_skeletons/{recording.name}.skeleton", "")


def put_list(folder, chosen):
    text = "302 of the captured samples ...\n\n" + "".join(f"{s.name}\n" for s in chosen)
    (folder / "NTU_RGBD_samples_with_missing_skeletons.txt").write_text(text)


def test_recordings_may_lie_in_the_folder_itself(tmp_path):
    put(tmp_path, SOME)

    inventory = take_inventory(tmp_path, "")

    assert inventory.source.path == tmp_path
    assert inventory.found == inventory.to_read == SOME
    assert inventory.listed is None


def test_recordings_may_lie_in_the_folder_of_the_archive(tmp_path):
    put(tmp_path / "nturgb+d_skeletons", SOME)

    assert take_inventory(tmp_path, "").found == SOME


def test_recordings_may_lie_in_the_archive_beside_that_of_the_extension(tmp_path):
    put_zip(tmp_path, SOME)
    (tmp_path / "nturgbd_skeletons_s018_to_s032.zip").write_bytes(b"not read")

    inventory = take_inventory(tmp_path, "")

    assert inventory.found == SOME
    assert inventory.source.path.name == ARCHIVE


def test_the_place_with_most_recordings_counts(tmp_path):
    put_zip(tmp_path, SOME)
    put(tmp_path, SOME[:1])
    put(tmp_path / "nturgb+d_skeletons", SOME[:2])

    assert take_inventory(tmp_path, "").found == SOME


@pytest.mark.parametrize("place", ["unpacked", "ntu/nturgb+d_skeletons"])
def test_recordings_may_lie_deeper(tmp_path, place):
    put(tmp_path / place, SOME)
    put_list(tmp_path / place, SOME[:1])

    inventory = take_inventory(tmp_path, "")

    assert inventory.source.path == tmp_path / place
    assert inventory.to_read == SOME[1:]


def test_the_archive_and_the_list_may_lie_beside_the_owners_folder(tmp_path):
    put_zip(tmp_path, SOME)
    put_list(tmp_path, SOME[:1])
    put(tmp_path / "nturgb+d_skeletons", SOME[:2])

    inventory = take_inventory(tmp_path / "nturgb+d_skeletons", "")

    assert inventory.source.path == tmp_path / ARCHIVE
    assert inventory.to_read == SOME[1:]


def test_the_archive_may_have_another_name(tmp_path):
    put_zip(tmp_path, SOME)
    (tmp_path / ARCHIVE).rename(tmp_path / "skeletons (1).zip")

    assert take_inventory(tmp_path, "").found == SOME


def test_without_recordings_the_instructions_are_repeated(tmp_path):
    (tmp_path / "S001C001P001R001A002.skeleton").touch()  # of another action

    with pytest.raises(RawDataError, match=r"(?s)no NTU RGB\+D skeletons.*Here is how") as caught:
        take_inventory(tmp_path, "Here is how")

    assert "It has S001C001P001R001A002.skeleton." in str(caught.value)


def test_an_archive_that_is_not_whole_is_named(tmp_path):
    (tmp_path / "skeletons.zip").write_bytes(b"PK\x03\x04")

    with pytest.raises(RawDataError, match=r"skeletons\.zip: expected a zip file"):
        take_inventory(tmp_path, "")


@pytest.mark.parametrize("place", [".", "nturgb+d_skeletons"])
def test_listed_recordings_are_not_read(tmp_path, place):
    put(tmp_path / "nturgb+d_skeletons", SOME)
    put_list(tmp_path / place, [SOME[1], Recording(2, 1, 1, 1, 1)])

    inventory = take_inventory(tmp_path, "")

    assert inventory.found == SOME
    assert inventory.to_read == [SOME[0], *SOME[2:]]


@pytest.mark.parametrize("content", [b"", b"<html>404</html>", b"\xff\xfe\0S"])
def test_a_list_that_names_nothing_is_refused(tmp_path, content):
    put(tmp_path, SOME)
    (tmp_path / MISSING_LIST).write_bytes(content)

    with pytest.raises(RawDataError, match=r"missing_skeletons\.txt: expected a list"):
        take_inventory(tmp_path, "")


def inventory_of(found, listed=None):
    return Inventory(FolderSource("raw"), found, listed)


def test_both_splits_need_recordings():
    inventory_of(SOME).check("xview")
    inventory_of(SOME).check("xsub")
    with pytest.raises(RawDataError, match=r"none of the 2 found is for train.*cameras 2, 3"):
        inventory_of(SOME[:2]).check("xview")
    with pytest.raises(RawDataError, match=r"none of the 2 found is for test.*subjects 1, 2, 4"):
        inventory_of(SOME[::2]).check("xsub")
    with pytest.raises(RawDataError, match="for train"):
        inventory_of(SOME, listed=set(SOME[2:])).check("xview")


def published_list(found):
    """The 58 of a full set that leave the published counts."""
    wanted = {("train", "train"): 40, ("train", "test"): 13, ("test", "train"): 5}
    listed = set()
    for (xview, xsub), count in wanted.items():
        of_both = [s for s in found if (s.split("xview"), s.split("xsub")) == (xview, xsub)]
        listed |= set(of_both[:count])
    return listed


@pytest.mark.parametrize("benchmark", ["xview", "xsub"])
def test_the_full_set_with_its_list_has_the_published_counts(benchmark):
    found = full_set()
    listed = published_list(found)
    assert (len(found), len(set(found)), len(listed)) == (9480, 9480, 58)

    inventory_of(found, listed).check(benchmark)
    # The listed recordings need not be there.
    inventory_of([recording for recording in found if recording not in listed], listed).check(
        benchmark
    )
    inventory_of(found).check(benchmark)  # without the list nothing can be expected
    assert inventory_of(found, listed).describe() == ""


@pytest.mark.parametrize("benchmark", ["xview", "xsub"])
def test_the_full_set_with_another_list_is_refused(benchmark):
    found = full_set()
    listed = set(sorted(published_list(found))[1:])

    with pytest.raises(RawDataError, match=r"expected it to leave \{'train': 6.*Get it again"):
        inventory_of(found, listed).check(benchmark)


def test_a_part_of_the_set_is_described():
    text = inventory_of(SOME, listed={SOME[0]}).describe()

    assert text.splitlines() == [
        "9476 of the 9480 recordings of the ten actions are missing.",
        "Found per action, of 948 each: throw 4; none of the other 9.",
        "Found per camera, of 3160 each: C001 2, C002 2; none of the other 1.",
        "Found per subject: P001 2, P003 2; none of the other 38.",
    ]
