import os
import re

import pytest

from datasets.motion_folder.files import find_files, fingerprint, split_files


def make(folder, *names):
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(os.fsencode(name))
    return folder


def found(folder):
    files, errors = find_files(folder)
    files, missing = split_files(files, [file.action for file in files])
    assert not errors and not missing
    return files


def of_split(files, split):
    return [file.name for file in files if file.split == split]


def takes(action, count):
    return [f"{action}/take{number}.npy" for number in range(count)]


def test_every_fifth_file_of_an_action_is_for_testing(tmp_path):
    files = found(make(tmp_path, *takes("walk", 10), *takes("wave", 6)))

    assert len(files) == 16 and {file.subject for file in files} == {""}
    assert {file.action for file in files} == {"walk", "wave"}
    assert of_split(files, "test") == ["walk/take4.npy", "walk/take9.npy", "wave/take4.npy"]


@pytest.mark.parametrize("count", [2, 3, 4])
def test_of_few_files_the_last_is_for_testing(tmp_path, count):
    files = found(make(tmp_path, *takes("walk", count), *takes("wave", 2)))

    assert of_split(files, "test") == [f"walk/take{count - 1}.npy", "wave/take1.npy"]


def test_every_fifth_person_is_for_testing(tmp_path):
    names = [
        f"{action}/{person}/{take}.csv"
        for action in ("walk", "wave")
        for person in ("anna", "bela", "cora", "dora", "emil", "fritz")
        for take in (1, 2)
    ]
    files = found(make(tmp_path, *names))

    assert {file.subject for file in files if file.split == "test"} == {"emil"}
    assert len(of_split(files, "test")) == 4 and len(of_split(files, "train")) == 20


def test_of_few_persons_the_last_is_for_testing(tmp_path):
    names = [f"{action}/{person}/x.csv" for action in ("a", "b") for person in ("anna", "bela")]

    assert of_split(found(make(tmp_path, *names)), "test") == ["a/bela/x.csv", "b/bela/x.csv"]


def test_one_person_is_for_both(tmp_path):
    names = [f"{action}/anna/{take}.csv" for action in ("a", "b") for take in (1, 2)]

    assert of_split(found(make(tmp_path, *names)), "test") == ["a/anna/2.csv", "b/anna/2.csv"]


def test_the_user_may_say_what_is_for_testing(tmp_path):
    names = [f"train/{name}" for name in takes("walk", 3) + takes("wave", 1)]
    names += ["test/walk/anna/x.bvh", "test/wave/anna/x.BVH"]

    files = found(make(tmp_path, *names))

    assert of_split(files, "train") == sorted(names[:4])
    assert of_split(files, "test") == names[4:]
    assert [file.action for file in files] == ["walk", "wave", "walk", "walk", "walk", "wave"]
    assert [file.subject for file in files] == ["anna", "anna", "", "", "", ""]


def test_what_is_hidden_or_of_another_kind_is_ignored(tmp_path):
    names = takes("walk", 2) + takes("wave", 2)
    others = [".git/a.npy", "walk/.b.npy", "__MACOSX/c.npy", "walk/notes.txt", "skeleton.json"]

    files = found(make(tmp_path, *names, *others))

    assert [file.name for file in files] == names


@pytest.mark.parametrize(
    ("names", "errors"),
    [
        ([], ["two or more actions, got none"]),
        (takes("walk", 3), ["two or more actions, got walk"]),
        (
            ["a.npy", *takes("x", 2), *takes("y", 2)],
            ["a.npy: expected in a folder named after its action"],
        ),
        (
            ["a/1.mp4", "a/2", "b/notes.txt", *takes("x", 2), *takes("y", 2)],
            [
                "a: expected files .bvh, .csv, .tsv, .npy, .npz, .c3d, .json, got .mp4, 2",
                "b: .* got .txt",
            ],
        ),
        (
            [*takes("x", 1), *takes("y", 2)],
            ["x: expected .* in the train split, got none; add a file"],
        ),
        (
            ["x/anna/1.npy", "x/bela/1.npy", "y/anna/1.npy"],
            ["y: expected .* in the test split, got none"],
        ),
        (
            ["train/x/1.npy", "train/y/1.npy", "test/x/1.npy", "more/y/1.npy"],
            ["more: expected .* train and test", "y: expected .* in the test split, got none"],
        ),
        (
            ["train/x/1.npy", "train/y/1.npy", "test/x/1.npy", "test/y/1.txt"],
            ["test/y: expected files .* got .txt", "y: expected .* in the test split, got none"],
        ),
    ],
)
def test_errors_are_reported_with_their_names(tmp_path, names, errors):
    files, messages = find_files(make(tmp_path, *names))
    messages += split_files(files, [file.action for file in files])[1]

    assert len(messages) == len(errors)
    for message, expected in zip(messages, errors, strict=True):
        assert re.search(expected, message)


def test_short_files_are_not_for_testing_if_there_are_others(tmp_path):
    files, _ = find_files(make(tmp_path, *takes("walk", 7), *takes("wave", 3)))

    split, _ = split_files(
        files, ["walk", "wave"], {"walk/take4.npy", "wave/take0.npy", "wave/take2.npy"}
    )

    assert of_split(split, "test") == ["walk/take5.npy", "wave/take2.npy"]


def test_the_frames_of_openpose_are_one_recording(tmp_path):
    frames = [f"walk/anna/video_{frame:012}_keypoints.json" for frame in (2, 0, 1, 10)]
    others = ["walk/bela/video_000000000000_keypoints.json", "walk/bela/other.json"]

    files, _ = find_files(make(tmp_path, *frames, *others, *takes("wave", 2)))

    assert [file.name for file in files[:3]] == [
        "walk/anna/video",
        "walk/bela/other.json",
        "walk/bela/video",
    ]
    assert [path.name[6:18] for path in files[0].paths] == [f"{n:012}" for n in (0, 1, 2, 10)]


def test_an_unprintable_name_is_reported_in_printable_form(tmp_path):
    names = [*takes("walk", 2), *takes("wave", 2), os.fsdecode(b"walk/\xff.npy"), "walk/a\nb.npy"]

    files, errors = find_files(make(tmp_path, *names))

    assert len(files) == 4 and len(errors) == 2
    assert all(error.encode() and "printable characters" in error for error in errors)


def test_a_fingerprint_is_of_names_and_contents(tmp_path):
    def of(folder, **files):
        folder = tmp_path / folder
        folder.mkdir()
        for name, text in files.items():
            (folder / name).write_text(text)
        return fingerprint(list(folder.iterdir()), folder)

    first = of("first", a="1", b="2")
    assert len(first) == 16
    assert of("moved", b="2", a="1") == first
    others = [of("changed", a="1", b="3"), of("swapped", a="2", b="1"), of("renamed", a="1", c="2")]
    assert len({first, *others, of("less", a="1"), of("joined", a="12", b="")}) == 6
