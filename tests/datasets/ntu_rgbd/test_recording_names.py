import pytest

from datasets.ntu_rgbd import recording_names
from datasets.ntu_rgbd.recording_names import Recording, read_missing_list, read_name
from datasets.synthetic_actions.actions import ACTIONS as SYNTHETIC_ACTIONS


def test_a_name_holds_five_numbers():
    recording = read_name("S017C003P020R002A040")

    assert recording == Recording(setup=17, camera=3, subject=20, replication=2, action=40)
    assert recording.name == "S017C003P020R002A040"


@pytest.mark.parametrize(
    "name",
    [
        "S001C001P001R001A002",  # another action
        "S018C001P001R001A001",  # a setup of NTU RGB+D 120
        "S001C001P041R001A001",  # a subject of NTU RGB+D 120
        "S001C004P001R001A001",
        "S001C000P001R001A001",
        "S001C001P001R003A001",
        "S001C001P001R001A001.skeleton",
        "._S001C001P001R001A001",
        "S001C001P001R001",
        "",
    ],
)
def test_other_names_are_ignored(name):
    assert read_name(name) is None


def test_labels_are_in_the_order_of_the_numbers_and_named_as_in_the_synthetic_data():
    assert list(recording_names.ACTIONS) == [1, 7, 8, 9, 14, 23, 24, 27, 28, 40]
    assert list(recording_names.ACTIONS.values()) == list(SYNTHETIC_ACTIONS)[:10]


@pytest.mark.parametrize(("camera", "split"), [(1, "test"), (2, "train"), (3, "train")])
def test_the_camera_decides_in_xview(camera, split):
    assert Recording(1, camera, 3, 1, 1).split("xview") == split


@pytest.mark.parametrize(("subject", "split"), [(1, "train"), (3, "test"), (38, "train")])
def test_the_subject_decides_in_xsub(subject, split):
    assert Recording(1, 1, subject, 1, 1).split("xsub") == split


def test_half_of_the_subjects_train_in_xsub():
    splits = [Recording(1, 1, subject, 1, 1).split("xsub") for subject in range(1, 41)]

    assert splits.count("train") == splits.count("test") == 20


def test_the_published_counts_agree_with_each_other():
    full = {"xview": {"train": 6320, "test": 3160}, "xsub": {"train": 6720, "test": 2760}}

    assert {sum(counts.values()) for counts in full.values()} == {recording_names.FULL_SET}
    assert {sum(counts.values()) for counts in recording_names.USABLE.values()} == {9422}
    assert all(recording_names.USABLE[b][s] < full[b][s] for b in full for s in full[b])


def test_a_list_of_missing_skeletons_may_have_other_lines_and_actions():
    text = "302 of the samples ...\n\nS001C002P005R002A008\r\nS001C003P002R001A055\n"

    assert read_missing_list(text) == {read_name("S001C002P005R002A008")}
