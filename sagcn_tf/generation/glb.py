"""Writes 3-D motion as binary glTF files, which browsers and 3-D programs open."""

import numpy as np
from scipy.spatial.transform import Rotation

from sagcn_tf.files import atomic_write
from sagcn_tf.generation.glb_body import body_mesh, joint_colors
from sagcn_tf.generation.glb_buffer import GlbBuffer
from sagcn_tf.generation.rig import Y_UP
from sagcn_tf.generation.rig_fit import fit, joint_places

_METERS = {"m": 1.0, "cm": 0.01, "mm": 0.001}
_METERS |= {f"{prefix}meter": _METERS[f"{prefix[:1]}m"] for prefix in ("", "centi", "milli")}
_HEIGHT = 1.7  # meters
_FIRST = 2  # the node of the first joint, after those of the armature and the body


def write_glb(path, motions, rig, skeleton, frame_rate, unit, titles):
    """Writes motions as animations of one skinned body, whose bones have fixed lengths.

    Joints keep the axes and the unit of the rig. The node `Armature` above them turns and scales to
    glTF's meters with y up; if the length of the unit is not known, by the power of ten that brings
    the body closest to 1.7 meters. `asset.extras` holds `unit` and `frame_rate`.

    Args:
        path: the file to write, atomically.
        motions: `[count, T, N, 3]` in the unit of the rig; x to the right, y down, z away.
        rig: the `Rig`.
        skeleton: the `Skeleton` of the motions, for the colors.
        frame_rate: frames per second.
        unit: unit of the rig.
        titles: names of the animations, one per motion.
    """
    fits = [fit(rig, motion) for motion in motions]
    armature = _armature(rig, unit, fits[0])
    resting = rig.offsets.copy()
    resting[fits[0].carrier] = fits[0].shifts[0]
    nodes = [
        {"name": "Armature", "children": [_FIRST], **armature},
        {"name": "Body", "mesh": 0, "skin": 0},
        *_joint_nodes(rig, resting),
    ]
    world = _world(rig, resting, armature)  # [J, 4, 4]
    buffer = GlbBuffer()
    skin = {
        "joints": list(range(_FIRST, len(nodes))),
        "skeleton": _FIRST,
        "inverseBindMatrices": buffer.add(np.linalg.inv(world).swapaxes(1, 2)),
    }
    times = buffer.add(np.arange(len(motions[0])) / frame_rate)
    scene = {
        "asset": {
            "version": "2.0",
            "generator": "SA-GCN for TensorFlow",
            "extras": {"unit": unit, "frame_rate": frame_rate},
        },
        "scene": 0,
        "scenes": [{"nodes": [0, 1]}],
        "nodes": nodes,
        "skins": [skin],
        "meshes": [{"primitives": [_primitive(buffer, rig, skeleton, world)]}],
        "materials": [{"pbrMetallicRoughness": {"metallicFactor": 0.0, "roughnessFactor": 0.8}}],
        "animations": [
            _animation(buffer, fitted, times, title)
            for fitted, title in zip(fits, titles, strict=True)
        ],
    }
    with atomic_write(path) as temporary:
        temporary.write_bytes(buffer.file(scene))


def _armature(rig, unit, fitted):
    """Returns the rotation and the scale from the rig to meters with y up."""
    heights = joint_places(rig, fitted)[:, list(rig.tracked)] @ rig.up  # [T, tracked]
    height = np.ptp(heights, axis=1).max() or _HEIGHT
    guess = 10.0 ** np.round(np.log10(_HEIGHT / height)).clip(-9, 9)  # float32 holds them
    name = unit.lower().removesuffix("s")
    turn = Rotation.from_matrix(Y_UP @ rig.axes.T)
    return {"rotation": turn.as_quat().tolist(), "scale": [float(_METERS.get(name, guess))] * 3}


def _joint_nodes(rig, resting):
    nodes = [
        {"name": name, "translation": place.tolist(), "rotation": turn.tolist()}
        for name, place, turn in zip(rig.joints, resting, rig.pose, strict=True)
    ]
    for joint, parent in enumerate(rig.parents[1:], start=1):
        nodes[parent].setdefault("children", []).append(_FIRST + joint)
    return nodes


def _world(rig, resting, armature):
    """Returns the world transforms `[J, 4, 4]` of the joints in the rest pose."""
    world = np.tile(np.eye(4), (len(rig.joints) + 1, 1, 1))  # the last one is above the root
    world[-1, :3, :3] = Rotation.from_quat(armature["rotation"]).as_matrix() * armature["scale"]
    turns = Rotation.from_quat(rig.pose).as_matrix()
    for joint, parent in enumerate(rig.parents):
        local = np.eye(4)
        local[:3, :3], local[:3, 3] = turns[joint], resting[joint]
        world[joint] = world[parent] @ local
    return world[:-1]


def _primitive(buffer, rig, skeleton, world):
    """Adds the body in its rest pose; returns the glTF primitive."""
    corners, joints, owners, triangles = body_mesh(rig)
    corners = np.einsum("vij,vj->vi", world[joints, :3, :3], corners) + world[joints, :3, 3]
    one_joint = np.eye(1, 4)  # of the four that may influence a vertex
    attributes = {
        "POSITION": buffer.add(corners),
        "COLOR_0": buffer.add(joint_colors(rig, skeleton)[owners]),
        "JOINTS_0": buffer.add(joints[:, None] * one_joint, "H"),
        "WEIGHTS_0": buffer.add(np.repeat(one_joint, len(joints), axis=0)),
    }
    return {"attributes": attributes, "indices": buffer.add(triangles.ravel(), "I"), "material": 0}


def _animation(buffer, fitted, times, title):
    """Adds the carrier's translations and the rotations of all joints that rotate."""
    moves = {(fitted.carrier, "translation"): fitted.shifts}
    for joint in range(fitted.turns.shape[1]):
        turns = Rotation.from_matrix(fitted.turns[:, joint]).as_quat()
        # q and -q are one rotation, but programs interpolate between numbers: keep them close.
        signs = np.where((turns[1:] * turns[:-1]).sum(axis=1) < 0, -1.0, 1.0)
        turns[1:] *= np.cumprod(signs)[:, None]
        if np.ptp(turns, axis=0).max() > 1e-6:
            moves[joint, "rotation"] = turns
    return {
        "name": title,
        "channels": [
            {"sampler": number, "target": {"node": _FIRST + joint, "path": path}}
            for number, (joint, path) in enumerate(moves)
        ],
        "samplers": [{"input": times, "output": buffer.add(values)} for values in moves.values()],
    }
