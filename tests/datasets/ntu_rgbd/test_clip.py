import pathlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as nps

from datasets.ntu_rgbd.clip import read_clip
from datasets.ntu_rgbd.folder_source import FolderSource
from datasets.ntu_rgbd.recording_names import Recording
from tests.datasets.ntu_rgbd.bodies import STANDING, moving
from tests.datasets.ntu_rgbd.write_skeleton_files import text

RECORDING = Recording(1, 2, 3, 1, 8)
TO_CAMERA_AXES = [-1, -1, 1]
TRACKED_IN_4 = "a person is tracked in only 4 of 10 frames"


class OneFile:
    """A source with one file."""

    def __init__(self, data):
        self._data = data if isinstance(data, bytes) else data.encode("ascii")

    def read(self, recording):
        assert recording == RECORDING
        return self._data


def clip_of(data, dimensions=3, drop_untracked=False):
    return read_clip(RECORDING, OneFile(data), dimensions, drop_untracked)


def recording(length=10, **changes):
    """Lines of a file, one list per frame, of a person who swings an arm."""
    lines = text(moving(length) * TO_CAMERA_AXES, end="\n", **changes).splitlines()
    return [lines[1 + 28 * frame : 29 + 28 * frame] for frame in range(length)]


def joined(frames):
    return "\n".join([str(len(frames)), *(line for frame in frames for line in frame)])


def test_what_was_written_is_read():
    points = moving(10) * TO_CAMERA_AXES

    clip = clip_of(joined(recording()))

    np.testing.assert_allclose(clip.motion, points - points[0, 0], atol=1e-6)
    assert clip.depth == 3.0
    assert (clip.recording, clip.damage, clip.missing) == (RECORDING, None, None)


def test_image_motion_is_in_pixels_times_meters():
    clip = clip_of(joined(recording()), dimensions=2)

    # The head is .75 m above the spine base: 1060 pixels times that, wherever it is.
    assert clip.motion.shape == (10, 25, 2)
    np.testing.assert_allclose(clip.motion[:, 3, 1], -1060 * 0.75, rtol=1e-5)


def test_frames_in_which_nobody_is_seen_are_interpolated():
    frames = recording()
    complete = clip_of(joined(frames)).motion
    frames[0] = frames[4] = frames[5] = ["0"]

    motion = clip_of(joined(frames)).motion

    np.testing.assert_allclose(motion[0], motion[1])
    expected = complete[3] + (complete[6] - complete[3]) / 3
    np.testing.assert_allclose(motion[4] + motion[1, 0], expected, atol=1e-6)


@pytest.mark.parametrize(
    ("frames", "reason"),
    [([], "no body in any of 0 frames"), ([["0"]] * 7, "no body in any of 7 frames")],
)
@pytest.mark.parametrize("drop_untracked", [True, False])
def test_without_a_body_the_skeleton_is_missing(frames, reason, drop_untracked):
    clip = clip_of(joined(frames), drop_untracked=drop_untracked)

    assert (clip.missing, clip.motion, clip.damage) == (reason, None, None)


@pytest.mark.parametrize(("seen", "usable"), [(5, True), (4, False)])
def test_a_person_may_have_to_be_tracked_in_half_of_the_frames(seen, usable):
    data = joined(recording()[:seen] + [["0"]] * (10 - seen))

    assert (clip_of(data, drop_untracked=True).motion is not None) == usable
    assert clip_of(data, drop_untracked=False).motion is not None
    if not usable:
        assert clip_of(data, drop_untracked=True).missing == TRACKED_IN_4


def test_by_rule_a_body_whose_joints_are_all_guessed_does_not_count():
    frames = recording()
    for frame in frames[4:]:
        frame[3:] = [line[:-1] + "1" for line in frame[3:]]
    data = joined(frames)

    assert clip_of(data, drop_untracked=True).missing == TRACKED_IN_4
    assert clip_of(data).motion is not None


@pytest.mark.parametrize("depth", [0, -3])
def test_a_spine_base_without_depth_can_not_be_used(depth):
    points = STANDING[None] * TO_CAMERA_AXES
    lines = text(points, end="\n").splitlines()
    lines[4] = f"0 0 {depth} " + lines[4].split(maxsplit=3)[3]

    clip = clip_of("\n".join(lines))

    assert clip.missing == "the depth of the spine base is not positive in the first frame"
    assert clip.motion is None


def test_a_damaged_file_says_where():
    frames = recording()
    frames[0][5] = "text"

    clip = clip_of(joined(frames))

    assert (clip.damage.file, clip.damage.line) == ("S001C002P003R001A008.skeleton", 7)
    assert clip.motion is None


def test_a_file_that_cannot_be_opened_is_damaged(tmp_path):
    clip = read_clip(RECORDING, FolderSource(pathlib.Path(tmp_path)), 3, False)

    assert "can't be read" in clip.damage.reason


numbers = st.floats(-100, 100, width=32)
pixels = st.floats(width=32) | st.sampled_from([np.nan, np.inf, 1e30, 0.0])


@given(
    nps.arrays(np.float32, (3, 2, 3), elements=numbers),
    nps.arrays(np.float32, (3, 2, 2), elements=pixels),
    st.sampled_from([2, 3]),
)
@settings(max_examples=150, deadline=None)
def test_no_file_gives_motion_that_is_not_finite(positions, colors, dimensions):
    lines = ["3"]
    for place, color in zip(positions, colors, strict=True):
        joints = [
            f"{x!r} {y!r} {z!r} 0 0 {u!r} {v!r} 0 0 0 1 2"
            for (x, y, z), (u, v) in zip(place.tolist(), color.tolist(), strict=True)
        ]
        lines += ["1", "7 0 1 1 1 1 0 0 0 2", "25", *(joints * 13)[:25]]

    clip = clip_of("\n".join(lines), dimensions)

    assert clip.damage is None
    assert clip.missing or np.isfinite(clip.motion).all()
    if clip.motion is not None:
        assert np.abs(clip.motion).max() < 1e8
