import subprocess
import sys

import numpy as np
import pytest

from datasets.ntu_rgbd.recording_names import ACTIONS, read_name
from datasets.ntu_rgbd.skeleton_file import parse
from datasets.synthetic_actions import recordings
from tests.datasets.ntu_rgbd import plain_reading
from tests.datasets.ntu_rgbd.write_skeleton_files import at_frame_rate, write

COMMAND = [sys.executable, "-m", "tests.datasets.ntu_rgbd.write_skeleton_files"]


def test_each_action_camera_and_subject_has_a_file_that_both_readers_read(tmp_path):
    written = write(tmp_path, [2], frame_rate=2)

    assert len(written) == len(ACTIONS) * 3
    assert {read_name(path.stem) for path in tmp_path.iterdir()} == set(written)
    for recording, points in written.items():
        data = (tmp_path / f"{recording.name}.skeleton").read_bytes()
        length, bodies = parse(recording.name, data)
        [(identity, (frames, joints))] = plain_reading.read(data)[1].items()
        assert bodies[identity].frames.tolist() == frames == list(range(length))
        np.testing.assert_array_equal(bodies[identity].joints, joints)
        # The sensor's x grows to its left, and its y up.
        np.testing.assert_allclose(
            bodies[identity].positions * [-1, -1, 1], points, rtol=1e-6, atol=1e-9
        )


def test_pixels_are_where_a_mirror_would_show_the_joints(tmp_path):
    write(tmp_path, [1], actions=(7,), frame_rate=5)
    _, bodies = parse("a", (tmp_path / "S001C002P001R001A007.skeleton").read_bytes())
    [body] = bodies.values()

    x, y, z = np.moveaxis(body.positions, -1, 0)
    np.testing.assert_allclose(body.pixels[..., 0], 960 + 1060 * x / z, rtol=1e-5)
    np.testing.assert_allclose(body.pixels[..., 1], 540 - 1060 * y / z, rtol=1e-5)


def test_motion_is_resampled_to_the_frame_rate_of_the_sensor():
    recording = next(recordings.record([1], repetitions=1))

    points = at_frame_rate(recording.points)

    assert len(points) == pytest.approx(0.6 * len(recording.points), abs=1)
    np.testing.assert_allclose(points[::3], recording.points[: 5 * len(points[::3]) : 5], atol=1e-9)


@pytest.mark.parametrize("flags", [[], ["--output=x", "--subjects=0"], ["--output=x", "--joints"]])
def test_wrong_flags_are_refused(flags, tmp_path):
    result = subprocess.run(
        [*COMMAND, *flags], capture_output=True, text=True, check=False, timeout=60
    )

    assert result.returncode == 2
    assert "error:" in result.stderr
    assert "Traceback" not in result.stderr
