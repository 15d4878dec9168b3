"""The subjects: body and habits of each are drawn from the subject's number alone."""

import dataclasses

import numpy as np

from datasets.synthetic_actions.kinematics import Body

TRAIN_SUBJECTS = tuple(range(1, 11))
TEST_SUBJECTS = (11, 12, 13)
_SUBJECT_SEED = 20200823


@dataclasses.dataclass(frozen=True)
class Subject:
    """A person.

    Attributes:
        name: name such as "P001".
        body: `Body` of the person.
        tempo: factor of the speed.
        amplitude: factor of the distance from the standing pose.
        left_handed: whether the left arm and leg lead.
        posture: dictionary {degree of freedom: habitual degrees}.
    """

    name: str
    body: Body
    tempo: float
    amplitude: float
    left_handed: bool
    posture: dict


def subject(number):
    """Returns the `Subject` with this number (1, 2, ...); the same number gives the same person."""
    rng = np.random.Generator(np.random.Philox(np.random.SeedSequence([_SUBJECT_SEED, number])))
    stature = rng.uniform(0.90, 1.10)
    body = Body(
        **{
            segment: length * stature * rng.uniform(0.95, 1.05)
            for segment, length in dataclasses.asdict(Body()).items()
        }
    )
    return Subject(
        name=f"P{number:03d}",
        body=body,
        tempo=rng.uniform(0.85, 1.2),
        amplitude=rng.uniform(0.85, 1.1),
        left_handed=number % 4 == 0,
        posture={
            "pelvis_pitch": rng.uniform(-3, 5),
            "spine_flexion": rng.uniform(0, 12),
            "neck_flexion": rng.uniform(-5, 12),
            "shoulder_flexion": rng.uniform(-6, 8),
            "shoulder_abduction": rng.uniform(6, 15),
            "shoulder_rotation": rng.uniform(5, 35),
            "elbow_flexion": rng.uniform(12, 28),
            "hip_abduction": rng.uniform(2, 8),
            "hip_rotation": rng.uniform(-15, -4),
            "stance": rng.uniform(3, 6),
        },
    )
