"""Bones of a skeleton and their mean and spread in the training data."""

import dataclasses

import numpy as np

from sagcn_tf.data.input_pipeline import evaluation_clips
from sagcn_tf.skeleton import ROOT

_CLIPS_PER_CLASS, _SEED = 200, 4000
# Lower bounds of the spreads that are divided by, as shares of a bone's length: the spread of a
# joint that never moves, or of the length of a rigid bone, is 0.
_LEAST_SPREAD, _LEAST_STRETCH = 0.02, 0.05
# Root mean square to which frame differences are scaled for the discriminators.
_DIFFERENCE = 0.25


@dataclasses.dataclass(frozen=True)
class BodyStatistics:
    """Means and spreads of joints and bones over the training clips of a data set.

    A bone is the vector from a joint's parent to the joint, so there are N bones. The bone of a
    root joint that is part of the motion starts at the origin; the node of `root_motion` is a bone
    of its own. Means and spreads are in the data's unit.

    Attributes:
        bones: Bone matrix, float64 `[N, N]`; `bones @ joints` gives the bone vectors.
        mean: Mean of the joints, `[N, D]`, by which the data are standardized.
        std: Standard deviation of the joints, `[N, D]`, by which the data are standardized.
        bone_mean: Mean of the bone vectors, `[N, D]`.
        bone_std: Standard deviation of the bone vectors, `[N, D]`; 0 for bones that never move.
        bone_scale: `bone_std` with a lower bound above 0, `[N, D]`.
        length_mean: Mean of the bone lengths, `[N]`.
        length_std: Standard deviation of the bone lengths with a lower bound above 0, `[N]`.
        softening: Term added to squared lengths, so that the square root has a gradient at 0.
        difference_scale: Factor that scales frame differences of standardized joints to a root
            mean square of .25.
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
    def identity(cls, skeleton, dimensions):
        """Returns placeholders for new networks: zero means, unit lengths and spreads."""
        zeros, ones = np.zeros([skeleton.num_joints, dimensions]), np.ones([skeleton.num_joints])
        spread = ones[:, None] + zeros
        return cls(
            bone_matrix(skeleton), zeros, spread, zeros, spread, spread, ones, ones, 1e-4, 1.0
        )

    @classmethod
    def from_data(cls, data, frames):
        """Measures random training clips of a `MotionData`, equally many of each class.

        Args:
            data: The `MotionData` to train on.
            frames: Number of frames T per clip.
        """
        clips = evaluation_clips(data, "train", _CLIPS_PER_CLASS, _SEED, frames)
        differences = np.diff(clips, axis=2)
        bones = bone_matrix(data.graph)
        joints = (clips * data.std + data.mean).reshape(-1, *data.mean.shape)  # [C m T, N, D]
        vectors = np.einsum("kn,fnd->fkd", bones, joints.astype(np.float64))
        size = np.linalg.norm(vectors[:, : data.skeleton.num_joints], axis=-1).mean()
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
    """Returns the matrix `[N, N]` from joints to bone vectors: 1 at the joint, -1 at its parent."""
    matrix = np.eye(skeleton.num_joints)
    for joint, parent in enumerate(skeleton.parents()):
        if parent not in (ROOT, None):
            matrix[joint, parent] = -1.0
    return matrix
