import pathlib

import pytest

from datasets.motion_folder.clip_stride import split_and_stride
from datasets.motion_folder.files import MotionFile
from datasets.motion_folder.settings import Settings

BODY = {"joints": ("hip",), "edges": (), "left": (), "right": ()}


def chosen(lengths, rate=120, **settings):
    """Returns the stride and the notes for recordings `{"walk/1": frames}`."""
    files = [MotionFile((pathlib.Path(one),), one, one.split("/")[0], "") for one in lengths]
    actions = [file.action for file in files]
    found = split_and_stride(files, actions, lengths, Settings(**BODY, **settings), rate)
    return found[2:]


def recordings(walk, run):
    return {f"{one}/{n}": frames for one, frames in (("walk", walk), ("run", run)) for n in "12"}


@pytest.mark.parametrize(
    ("run", "stride"), [(344, 7), (343, 6), (295, 6), (197, 4), (196, 3), (50, 1)]
)
def test_each_action_has_recordings_of_the_length_of_a_clip(run, stride):
    found, notes = chosen(recordings(1000, run))

    assert found == stride and len(notes) == (stride < 7)
    assert all("one in 7" in note and "recordings of run;" in note for note in notes)


def test_one_recording_in_each_split_is_enough():
    lengths = recordings(1000, 1000) | {"run/3": 50, "run/4": 50}

    assert chosen(lengths) == (7, [])


def test_without_recordings_of_that_length_the_stride_is_the_usual_one():
    assert chosen(recordings(1000, 49)) == (7, [])


def test_the_word_of_the_user_wins():
    assert chosen(recordings(1000, 100), clip_stride=5) == (5, [])
    assert chosen(recordings(1000, 20), clips="resample") == (7, [])
