import pytest

from datasets import skeletons
from datasets.human36m.recordings import ACTIONS, KEPT_JOINTS, SUBJECTS, Recording, find, missing


def full_set():
    return missing([])


@pytest.mark.parametrize(
    ("name", "action"),
    [
        ("Sitting", "Sitting"),
        ("Sitting 2", "Sitting"),
        ("SittingDown", "SittingDown"),
        ("SittingDown 1", "SittingDown"),
        ("Walking 12", "Walking"),
        ("WalkTogether 1", None),
        ("WalkingDog", None),
        ("Sitting1", None),
        ("_ALL", None),
        ("sitting", None),
    ],
)
def test_the_whole_name_says_which_action_it_is(name, action):
    assert Recording(1, name).action == action


@pytest.mark.parametrize(
    ("subject", "split"), [(1, "train"), (9, "train"), (11, "test"), (6, None)]
)
def test_the_subject_says_which_split_it_is(subject, split):
    assert Recording(subject, "Walking").split == split


def test_the_full_set_has_two_takes_of_each_action_by_each_subject():
    counts = {}
    for recording in full_set():
        key = recording.subject, recording.action
        counts[key] = counts.get(key, 0) + 1

    assert counts == {(s, a): 2 for s in (1, 5, 7, 8, 9, 11) for a in ACTIONS}
    assert [sum(r.split == split for r in full_set()) for split in SUBJECTS] == [100, 20]


def test_what_is_missing_is_named_with_the_number_it_has_in_the_full_set():
    gone = [Recording(5, "Discussion 3"), Recording(7, "SittingDown 1"), Recording(8, "Posing")]

    assert missing([r for r in full_set() if r not in gone]) == gone


def test_two_takes_under_other_numbers_miss_nothing():
    renumbered = [r for r in full_set() if r[:2] != (5, "Discussion 3")]
    renumbered.append(Recording(5, "Discussion 7"))

    assert missing(renumbered) == []


def test_find_passes_over_what_is_not_used(tmp_path):
    for path in [
        "S1/poses/Sitting.h5",
        "S1/poses/SittingDown 2.h5",
        "S1/poses/Waiting.h5",
        "S1/poses/Walking.txt",
        "S6/poses/Walking.h5",
        "S11/poses/Smoking 2.h5",
        "Walking.h5",
    ]:
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).touch()

    assert find(tmp_path, "poses/*.h5", ".h5") == [
        (1, "Sitting"),
        (1, "SittingDown 2"),
        (11, "Smoking 2"),
    ]


def test_the_kept_joints_are_the_hip_and_those_of_the_skeleton():
    recorded = {0: "Hip", 1: "RHip", 2: "RKnee", 3: "RFoot", 6: "LHip", 7: "LKnee", 8: "LFoot"}
    recorded |= {12: "Spine", 13: "Thorax", 15: "Head", 17: "LShoulder", 18: "LElbow"}
    recorded |= {19: "LWrist", 25: "RShoulder", 26: "RElbow", 27: "RWrist"}

    names = [recorded[joint] for joint in KEPT_JOINTS]

    assert names == ["Hip", *skeletons.HUMAN36M_15["joints"]]
