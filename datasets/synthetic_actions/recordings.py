"""The recordings: each subject performs each action several times, seen by all cameras."""

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
# Joints of the 15-joint skeleton that have another name in the 25-joint one.
_SAME_JOINT = {"Spine": "SpineMid", "Thorax": "SpineShoulder", "RFoot": "RAnkle", "LFoot": "LAnkle"}
# For each skeleton, the indices of its joints among the 25 joints of the body.
JOINTS_OF = {
    NTU_25["name"]: list(range(len(NTU_25["joints"]))),
    HUMAN36M_15["name"]: [
        NTU_25["joints"].index(_SAME_JOINT.get(name, name)) for name in HUMAN36M_15["joints"]
    ],
}


@dataclasses.dataclass(frozen=True)
class Recording:
    """One take seen by one camera.

    Attributes:
        name: unique name.
        action: name of the action.
        subject: name of the subject.
        camera: name of the camera.
        points: `[frames, 25, 3]`, camera coordinates in meters.
    """

    name: str
    action: str
    subject: str
    camera: str
    points: np.ndarray

    @property
    def hip_depth(self):
        """Depth of the hip, `[frames]`, in meters."""
        return self.points[:, _HIP, 2]

    def motion_3d(self, skeleton):
        """Returns `[frames, joints, 3]` of a skeleton: millimeters relative to the hip."""
        centered = 1000.0 * (self.points - self.points[:, [_HIP]])
        return centered[:, JOINTS_OF[skeleton["name"]]].astype(np.float32)

    def motion_2d(self, skeleton, mean_hip_depth):
        """Returns `[frames, joints, 2]` of a skeleton: pixels relative to the hip.

        Each frame is scaled by the depth of its hip over `mean_hip_depth`, so that the size of a
        person does not depend on the distance.

        Args:
            skeleton: `HUMAN36M_15` or `NTU_25`.
            mean_hip_depth: mean depth of the hip in the training split, in meters.
        """
        pixels = project(self.points)
        centered = pixels - pixels[:, [_HIP]]
        scaled = centered * (self.hip_depth / mean_hip_depth)[:, None, None]
        return scaled[:, JOINTS_OF[skeleton["name"]]].astype(np.float32)


def record(subjects, repetitions=REPETITIONS):
    """Yields the `Recording`s of some subjects.

    Each take has its own random generator and does not depend on the other takes.

    Args:
        subjects: numbers of the subjects.
        repetitions: number of takes per subject and action.
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
