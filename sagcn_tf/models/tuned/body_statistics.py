"""What the networks of `tuned` know of a body: its bones, and their mean and spread in the data."""

import dataclasses

import numpy as np

from sagcn_tf.data.input_pipeline import evaluation_clips
from sagcn_tf.skeleton import ROOT

_CLIPS_PER_CLASS, _SEED = 200, 4000
# Smallest spreads that are divided by, as shares of a bone's length: joints that never move and
# rigid bones have none of their own.
_LEAST_SPREAD, _LEAST_STRETCH = 0.02, 0.05
# Root mean square of the frame differences that the discriminators see.
_DIFFERENCE = 0.25


@dataclasses.dataclass(frozen=True)
class BodyStatistics:
    """Means and spreads over the training clips of a data set.

    A bone is the vector from a joint's parent to the joint, so there are N; the bone of a root
    joint that belongs to the motion starts at the origin.

    Attributes:
        bones: float64 `[N, N]`; `bones @ joints` gives the bone vectors.
        mean, std: of the joints, `[N, D]`, in the data's unit, as the data are standardized.
        bone_mean, bone_std: of the bone vectors, `[N, D]`, in the data's unit; a bone that never
            moves has a spread of 0.
        bone_scale: by which the deviations of bone vectors are divided, `[N, D]`; never 0.
        length_mean, length_std: of the bone lengths, `[N]`, in the data's unit.
        softening: added to squared lengths, so that their roots have a gradient at 0.
        difference_scale: factor that gives frame differences of standardized joints a root mean
            square of .25.
    """

    bones: np.ndarray
    mean: np.ndarray
    std: np.ndarray
    bone_mean: np.ndarray
    bone_std: np.ndarray
    bone_scale: np.ndarray
    length_mean: np.ndarray
    length_std: np.ndarray
    softening: float
    difference_scale: float

    @classmethod
    def of_nothing(cls, skeleton, dimensions):
        """Zero means and unit spreads: what a network is built with."""
        zeros, ones = np.zeros([skeleton.num_joints, dimensions]), np.ones([skeleton.num_joints])
        spread = ones[:, None] + zeros
        return cls(
            bone_matrix(skeleton), zeros, spread, zeros, spread, spread, ones, ones, 1e-4, 1.0
        )

    @classmethod
    def of_data(cls, data, frames):
        """Measures random training clips of T = `frames` frames, as many of each class."""
        clips = evaluation_clips(data, "train", _CLIPS_PER_CLASS, _SEED, frames)
        differences = np.diff(clips, axis=2)
        bones = bone_matrix(data.skeleton)
        joints = data.unstandardize(clips).reshape(-1, *data.mean.shape)  # [C m T, N, D]
        vectors = np.einsum("kn,fnd->fkd", bones, joints.astype(np.float64))
        size = np.linalg.norm(vectors, axis=-1).mean()
        softening = float((_LEAST_SPREAD * size) ** 2)
        lengths = np.sqrt(np.square(vectors).sum(axis=-1) + softening)  # [C m T, N]
        length_mean = lengths.mean(0)
        return cls(
            bones=bones,
            mean=data.mean.astype(np.float64),
            std=data.std.astype(np.float64),
            bone_mean=vectors.mean(0),
            bone_std=vectors.std(0),
            bone_scale=np.maximum(vectors.std(0), _LEAST_SPREAD * size),
            length_mean=length_mean,
            length_std=np.maximum(lengths.std(0), _LEAST_STRETCH * length_mean),
            softening=softening,
            difference_scale=float(_DIFFERENCE / max(np.sqrt(np.mean(differences**2)), 1e-3)),
        )


def bone_matrix(skeleton):
    """`[N, N]`: 1 for the joint at the end of a bone, -1 for its parent."""
    matrix = np.eye(skeleton.num_joints)
    for joint, parent in enumerate(skeleton.parents()):
        if parent not in (ROOT, None):
            matrix[joint, parent] = -1.0
    return matrix
