import dataclasses

import numpy as np
import pytest

from sagcn_tf.data import description
from sagcn_tf.metrics import motion_statistics
from tests.small_data import FRAMES, LENGTHS, small_data

DATA = small_data()


def described(data=DATA, frames=FRAMES, **more):
    """Returns the description as a list of paragraphs, with tables as lists of rows of cells."""
    text = description.describe(data, frames, **more)
    return [
        [[cell.strip() for cell in line.strip("|").split("|")] for line in part.splitlines()]
        if part.startswith("|")
        else part
        for part in text.rstrip().split("\n\n")
    ]


def replaced(**changes):
    """Returns the small data with some fields of both splits replaced."""
    splits = {
        split: dataclasses.replace(getattr(DATA, split), **changes) for split in ("train", "test")
    }
    return dataclasses.replace(DATA, **splits)


def test_each_action_has_its_sequences_lengths_and_speed():
    header, _, *rows = described()[2]

    assert header[1:] == [
        *("action", "train", "test", "shortest", "median", "longest", "seconds", "speed")
    ]
    assert [row[:4] for row in rows] == [
        ["1", "waving", "2", "2"],
        ["2", "bowing", "2", "2"],
        ["3", "stepping", "2", "2"],
    ]
    lengths = [LENGTHS[split][number] for split in LENGTHS for number in (1, 4)]
    assert [int(cell) for cell in rows[1][4:7]] == [min(lengths), 23, max(lengths)]
    assert rows[1][7] == "0.9"  # 23 frames at 12.5 * 2 per second
    motions = [
        DATA.unstandardize(part.frames[part.offsets[number] : part.offsets[number + 1]])
        for part in (DATA.train, DATA.test)
        for number in (1, 4)
    ]
    speed = 25 * np.mean([motion_statistics.speed(motion) for motion in motions])
    assert float(rows[1][8]) == pytest.approx(speed, rel=1e-3)


def test_each_subject_has_its_minutes_and_its_sequences_of_each_action():
    subjects = ["anna", "anna", "bela", "bela", "anna", "bela"]
    header, _, *rows = described(replaced(subjects=subjects))[4]

    assert header == ["subject", "split", "minutes", "1", "2", "3"]
    assert [row[:2] for row in rows] == [
        ["anna", "train"],
        ["bela", "train"],
        ["anna", "test"],
        ["bela", "test"],
    ]
    assert [row[3:] for row in rows] == [["1", "2", "-"], ["1", "-", "2"]] * 2
    assert rows[0][2] == f"{(20 + 23 + 22) / 25 / 60:.1f}"


def test_sequences_without_a_subject_are_counted_together():
    rows = described(replaced(subjects=[""] * 6))[4][2:]

    assert [row[:2] for row in rows] == [["(unnamed)", "train"], ["(unnamed)", "test"]]


def test_the_summary_describes_a_clip():
    assert described()[0] == "# synthetic"
    assert described()[1] == (
        "6 train and 6 test sequences of 3 actions: 5 joints with 2 coordinates in pixels, "
        "25 frames per second. A clip of 8 frames takes every second frame of 0.6 seconds and "
        "skips the first 3 frames."
    )
    whole = dataclasses.replace(
        DATA, clips="resample", stride=1, first_start=0, frame_rate=25.0, seconds=0.9
    )
    assert described(whole)[1].endswith("is a whole sequence, 0.9 seconds long on average.")
    each = dataclasses.replace(DATA, stride=1, first_start=0)
    assert described(each)[1].endswith("takes every frame of 0.6 seconds.")


def test_complete_data_miss_nothing():
    assert described()[-1] == "* nothing"


def test_missing_data_are_listed():
    subjects = ["anna", "bela", "anna", "anna", "bela", "anna"]
    frozen = DATA.test.frames.copy()
    frozen[DATA.test.offsets[2] : DATA.test.offsets[3]] = 0.5
    data = dataclasses.replace(
        replaced(subjects=subjects),
        class_names=[*DATA.class_names, "flying"],
        test=dataclasses.replace(DATA.test, frames=frozen, subjects=[""] * 6),
    )

    lines = described(data, frames=10, left_out=["a.skeleton is damaged"])[-1].splitlines()

    assert lines == [
        "* a.skeleton is damaged",
        "* the train split: no sequence of flying",
        "* train: 2 sequences are left out, because a clip of 10 frames needs 22 frames: train0, "
        "train2. A smaller --frames keeps more of them",
        "* the test split: no sequence of flying",
        "* test: 3 sequences are left out, because a clip of 10 frames needs 22 frames: test1, "
        "test3, test5. A smaller --frames keeps more of them",
        "* test: no motion in test2",
        "* anna (train): no sequence of bowing, flying",
        "* bela (train): no sequence of waving, stepping, flying",
    ]


def with_lengths(lengths):
    """Returns the small data with sequences cut to these lengths, one each, in both splits."""
    splits = {}
    for split in ("train", "test"):
        part = getattr(DATA, split)
        rows = [np.arange(n) + part.offsets[i] for i, n in enumerate(lengths)]
        splits[split] = dataclasses.replace(
            part,
            frames=part.frames[np.concatenate(rows)],
            offsets=np.concatenate([[0], np.cumsum(lengths)]),
        )
    seconds = float(np.mean(np.array(lengths) - 1) / DATA.frame_rate)
    resample = {"clips": "resample", "seconds": seconds, "stride": 1, "first_start": 0}
    return dataclasses.replace(DATA, **splits, **resample)


@pytest.mark.parametrize(
    ("lengths", "speeds"),
    [
        ((1, 20, 20, 1, 20, 20), ["-", "number", "number"]),  # a class of one-frame clips
        ((1, 20, 20, 20, 20, 20), ["number", "number", "number"]),
        ((1, 1, 1, 1, 1, 1), ["-", "-", "-"]),
        ((2, 2, 2, 2, 2, 2), ["number", "number", "number"]),
    ],
)
def test_clips_of_one_frame_have_no_speed_and_are_too_short(lengths, speeds):
    text = description.describe(with_lengths(lengths), FRAMES)
    paragraphs = described(with_lengths(lengths))

    found = [row[8] for row in paragraphs[2][2:]]
    assert ["-" if speed == "-" else "number" for speed in found] == speeds
    assert all(speed == "-" or np.isfinite(float(speed)) for speed in found)
    assert "nan" not in text and "inf" not in text
    assert ("because a clip of 8 frames needs 2 frames" in text) == (1 in lengths)
    assert "no motion" not in text
    description.film_strips(with_lengths(lengths), FRAMES)


def test_long_lists_are_shortened():
    lines = described(frames=100)[-1].splitlines()
    few = [line for line in lines if "are left out" in line]
    assert "train5. A smaller" in few[0]

    twice = [f"{name} again" for name in DATA.train.names]
    both = dataclasses.replace(
        DATA.train,
        frames=np.concatenate([DATA.train.frames] * 2),
        offsets=np.append(DATA.train.offsets, DATA.train.offsets[1:] + DATA.train.offsets[-1]),
        labels=np.tile(DATA.train.labels, 2),
        names=[*DATA.train.names, *twice],
        subjects=DATA.train.subjects * 2,
    )
    line = described(dataclasses.replace(DATA, train=both), frames=100)[-1].splitlines()[0]
    assert "train3 again and 2 more. A smaller" in line


def texts(figure):
    return [text.get_text() for text in figure.axes[0].texts]


@pytest.mark.parametrize(("frames", "poses"), [(8, 8), (17, 17), (18, 9), (50, 17)])
def test_the_strip_of_each_action_has_at_most_17_poses(frames, poses):
    data = dataclasses.replace(DATA, stride=1, first_start=0, clips="resample", seconds=1.0)
    figure = description.film_strips(data, frames)

    for name in DATA.class_names:
        assert name in texts(figure)
    bones = figure.axes[0].collections[0].get_segments()
    assert len(bones) == 3 * 4 * poses  # actions, bones


def test_3d_clips_are_drawn_from_the_front_and_from_the_side():
    flat = description.film_strips(small_data(2), FRAMES)
    solid = description.film_strips(small_data(3), FRAMES)

    assert texts(solid).count("from the side") == 3 and "from the side" not in texts(flat)


def test_the_strip_shows_a_training_clip(monkeypatch):
    drawn = {}
    monkeypatch.setattr(description.film_strip, "page", lambda groups, *rest: drawn.update(groups))

    description.film_strips(DATA, FRAMES)

    assert {name: list(rows) for name, rows in drawn.items()} == {
        "waving": ["train3"],  # the longer of two
        "bowing": ["train1"],
        "stepping": ["train5"],
    }
    first = DATA.train.offsets[5] + 3
    expected = DATA.unstandardize(DATA.train.frames[first : first + 2 * FRAMES : 2])
    np.testing.assert_array_equal(drawn["stepping"]["train5"], expected)


def test_short_sequences_are_drawn_and_missing_actions_are_skipped(monkeypatch):
    drawn = {}
    monkeypatch.setattr(description.film_strip, "page", lambda groups, *rest: drawn.update(groups))

    description.film_strips(
        dataclasses.replace(DATA, class_names=[*DATA.class_names, "flying"]), 50
    )
    assert [len(clip) for rows in drawn.values() for clip in rows.values()] == [14, 10, 12]

    description.film_strips(dataclasses.replace(DATA, first_start=1000), FRAMES)
    assert len(drawn["waving"]["train3"]) == 31
