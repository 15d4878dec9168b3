"""Fits a recording to the settings of its folder."""

import dataclasses

import numpy as np

from datasets.motion_folder import gaps
from datasets.motion_folder.body import edges_of_hierarchy
from datasets.motion_folder.settings import FRAME_RATE
from datasets.motion_folder.view import project, to_camera
from datasets.raw_data_error import RawDataError

_NAMED = 10  # joints listed in a message
_LARGEST = 1e12  # the square of a coordinate must fit into float32


@dataclasses.dataclass(frozen=True)
class Fitted:
    """Motion of the joints of a folder.

    Attributes:
        motion: float64 `[T, N, D]`; x to the right, y down, z away.
        up: axis that points up in the file.
        unit: unit of the file; None if it does not say.
        frame_rate: frames per second of the recording; None if neither file nor user said.
        filled: number of joints, over all frames, that were missing.
        zeros: number of those that were at zero.
        notes: lines about the recording.
    """

    motion: np.ndarray
    up: str
    unit: str | None
    frame_rate: float | None
    filled: int
    zeros: int
    notes: tuple[str, ...]


def fit(recording, settings) -> Fitted:
    """Selects the joints of a recording, fills gaps, and turns it into the axes of a camera.

    Args:
        recording: a `Recording`.
        settings: the `Settings` of the folder.

    Raises:
        RawDataError: if the recording does not fit. The message does not name the file.
    """
    positions, notes = gaps.without_confidence(
        recording, settings.third, settings.lowest_confidence
    )
    positions, zeros = _select(recording, positions, settings), 0
    if len(positions) < 2:
        raise RawDataError("expected two or more frames, got one")
    if recording.rig is None and settings.zeros == "missing":
        positions, zeros = gaps.without_zeros(positions)
    rate = settings.recorded_frame_rate or recording.frame_rate
    longest = settings.longest_gap * (rate or settings.frame_rate or FRAME_RATE)
    positions, filled = gaps.fill_gaps(positions, settings.joints, longest)
    if (largest := np.abs(positions).max()) > _LARGEST:
        raise RawDataError(f"expected coordinates up to {_LARGEST:g}, got {largest:g}")
    up = settings.up or recording.up
    motion = to_camera(positions, up)
    if settings.projection and motion.shape[-1] == 3:
        motion = project(motion, *settings.projection, settings.left, settings.right)
    return Fitted(
        motion=motion,
        up=up,
        unit=recording.unit,
        frame_rate=rate,
        filled=filled,
        zeros=zeros,
        notes=(*recording.notes, *notes),
    )


def _select(recording, positions, settings):
    """Returns the positions of the joints of the folder, `[T, N, D]`."""
    joints = settings.joints
    if recording.joints is None:
        count = positions.shape[1]
        order = list(settings.hierarchy or joints)
        if count == len(joints):
            return positions
        if count != len(order):
            raise RawDataError(
                f"expected {len(joints)} joints as in skeleton.json, got an array with {count}"
            )
        return positions[:, [order.index(joint) for joint in joints]]
    absent = [joint for joint in joints if joint not in recording.joints]
    if absent:
        raise RawDataError(
            f"expected the joints of the folder, but these are missing: "
            f"{', '.join(absent[:_NAMED])}; the file has {', '.join(recording.joints[:_NAMED])}"
        )
    if recording.rig:
        _check_hierarchy(recording.rig.hierarchy(), settings.hierarchy, joints)
    return positions[:, [recording.joints.index(joint) for joint in joints]]


def _check_hierarchy(found, expected, joints):
    """Checks that the joints of a BVH file hang together as in the other BVH files."""
    own, others = (set(edges_of_hierarchy(joints, one)) for one in (found, expected))
    if own != others:
        odd = sorted({joints[child] for _, child in own ^ others})
        raise RawDataError(
            f"expected the hierarchy of the other BVH files, but it differs at "
            f"{', '.join(odd[:_NAMED])}"
        )
