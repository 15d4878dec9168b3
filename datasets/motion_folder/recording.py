"""Motion as a file holds it."""

import dataclasses

import numpy as np

from datasets.motion_folder.rig import Rig


@dataclasses.dataclass(frozen=True)
class Recording:
    """Motion from a file, before it is fitted to the other files of its folder.

    Attributes:
        positions: float64 `[T, N, D]` in the file's own axes and unit; NaN where a joint is
            missing.
        joints: names of the N joints; None if the file does not name them.
        confidence: float64 `[T, N]`, how sure a pose estimator was of a joint; None if unknown.
        frame_rate: frames per second; None if the file does not say.
        unit: unit of the positions; None if the file does not say.
        up: axis that points up, unless `skeleton.json` says otherwise.
        rig: the `Rig` of a BVH file; None for others.
        notes: lines about what was read in an unusual way.
    """

    positions: np.ndarray
    joints: tuple[str, ...] | None = None
    confidence: np.ndarray | None = None
    frame_rate: float | None = None
    unit: str | None = None
    up: str = "-y"
    rig: Rig | None = None
    notes: tuple[str, ...] = ()
