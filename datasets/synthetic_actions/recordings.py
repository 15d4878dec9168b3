"""All recordings: every subject does every action several times, seen by all cameras at once."""

import dataclasses

import numpy as np

from datasets.skeletons import HUMAN36M_15, NTU_25
from datasets.synthetic_actions.actions import ACTIONS
from datasets.synthetic_actions.camera import CAMERAS, project
from datasets.synthetic_actions.subjects import subject
from datasets.synthetic_actions.takes import world_joints

REPETITIONS = 2
_TAKE_SEED = 20200707
_HIP = NTU_25["joints"].index("SpineBase")
# The 15-joint skeleton calls two joints by other names than the 25-joint one.
_SAME_JOINT = {"Spine": "SpineMid", "Thorax": "SpineShoulder", "RFoot": "RAnkle", "LFoot": "LAnkle"}
# For each skeleton, which of the 25 joints of the body it shows.
JOINTS_OF = {
    NTU_25["name"]: list(range(len(NTU_25["joints"]))),
    HUMAN36M_15["name"]: [
        NTU_25["joints"].index(_SAME_JOINT.get(name, name)) for name in HUMAN36M_15["joints"]
    ],
}


@dataclasses.dataclass(frozen=True)
class Recording:
    """One take through one camera; `points` are camera-space meters, [frames, 25, 3]."""

    name: str
    action: str
    subject: str
    camera: str
    points: np.ndarray

    @property
    def hip_depth(self):
        """Distance of the hip from the camera's plane in meters, [frames]."""
        return self.points[:, _HIP, 2]

    def motion_3d(self, skeleton):
        """Returns x, y, z relative to the hip in millimeters, [frames, joints, 3] of `skeleton`."""
        centered = 1000.0 * (self.points - self.points[:, [_HIP]])
        return centered[:, JOINTS_OF[skeleton["name"]]].astype(np.float32)

    def motion_2d(self, skeleton, mean_hip_depth):
        """Returns image x, y relative to the hip in pixels, [frames, joints, 2] of `skeleton`.

        Each frame is scaled by its hip's depth over `mean_hip_depth` (meters), so that people
        are equally large wherever they stand.
        """
        pixels = project(self.points)
        centered = pixels - pixels[:, [_HIP]]
        scaled = centered * (self.hip_depth / mean_hip_depth)[:, None, None]
        return scaled[:, JOINTS_OF[skeleton["name"]]].astype(np.float32)


def record(subjects, repetitions=REPETITIONS):
    """Yields the `Recording`s of the subjects with these numbers, `repetitions` of each action.

    Every take has random numbers of its own, so it does not depend on what else is recorded.
    """
    for number in subjects:
        performer = subject(number)
        for label, (action, perform) in enumerate(ACTIONS.items()):
            for repetition in range(repetitions):
                seed = np.random.SeedSequence([_TAKE_SEED, number, label, repetition])
                rng = np.random.Generator(np.random.Philox(seed))
                _, joints = world_joints(perform, performer, rng)
                for camera in CAMERAS:
                    name = f"{performer.name}_{action}_{repetition + 1}_{camera.name}"
                    points = camera.from_world(joints)
                    yield Recording(name, action, performer.name, camera.name, points)
