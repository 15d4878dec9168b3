import numpy as np
import pytest

from datasets.motion_folder.bvh import read_bvh
from datasets.motion_folder.guessed_body import guess_body
from datasets.motion_folder.recording import Recording
from tests.bvh_folder import ACTIONS, JOINTS, bvh_text


@pytest.fixture
def recordings(tmp_path):
    """The joints of three actions, in another order, without their hierarchy."""
    found = []
    for number, action in enumerate(ACTIONS):
        (tmp_path / "file.bvh").write_text(bvh_text(action, 60, number))
        bvh = read_bvh(tmp_path / "file.bvh")
        order = np.random.default_rng(0).permutation(len(bvh.joints))
        names = tuple(bvh.joints[joint] for joint in order)
        found.append(Recording(bvh.positions[:, order], names))
    return found


def test_bones_are_found_in_the_motion(recordings):
    body, lines = guess_body(recordings)

    pairs = {frozenset(pair) for pair in body.hierarchy.items() if pair[1]}
    bones = {frozenset((joint, parent)) for joint, (parent, _) in JOINTS.items() if parent}
    # Joints of one rigid part may be connected otherwise.
    assert len(pairs) == 21 and len(pairs & bones) >= 17
    for side in ("Left", "Right"):
        # The left arm hangs down all the time, as close to the spine as to the shoulder.
        assert frozenset((f"{side}ForeArm", f"{side}Arm")) in pairs
        assert frozenset((f"{side}ForeArm", f"{side}Hand")) in pairs
        assert frozenset((f"{side}UpLeg", f"{side}Leg")) in pairs
    assert body.root == ("Hips",) and body.hierarchy["Hips"] is None
    assert "bones were guessed" in lines[0] and len(lines) == 1


def test_markers_that_are_seldom_seen_are_left_out(recordings):
    positions = np.concatenate([recordings[1].positions, np.full((60, 1, 3), np.nan)], axis=1)
    recordings[1] = Recording(positions, (*recordings[1].joints, "*12"))

    body, lines = guess_body(recordings)

    assert set(body.joints) == set(JOINTS) and lines[1].endswith("many frames: *12")
