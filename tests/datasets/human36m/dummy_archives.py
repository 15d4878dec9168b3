"""Writes small Human3.6M archives in both formats, with a person who waves both arms.

The world has x to the right, y away and z up, in millimeters, and the camera looks along y. The
projection is a loop over points, independent of the code under test.
"""

import math
import zlib

import cdflib.cdfwrite
import h5py
import numpy as np

from datasets.human36m.recordings import CAMERA, KEPT_JOINTS

CDF_FLOAT = 44
# x and z of the hip and the 15 joints of a person who faces the camera.
STANDING = np.array(
    [
        *[[0, 950], [-130, 950], [-130, 500], [-130, 80]],  # hip, right hip, knee, foot
        *[[130, 950], [130, 500], [130, 80]],  # left hip, knee, foot
        *[[0, 1180], [0, 1420], [0, 1650]],  # spine, thorax, head
        *[[170, 1400], [200, 1120], [210, 880]],  # left shoulder, elbow, wrist
        *[[-170, 1400], [-200, 1120], [-210, 880]],  # right shoulder, elbow, wrist
    ],
    dtype=float,
)
WRISTS = [12, 15]


def world_poses(subject, name):
    """Returns poses `[L, 32, 3]`; joints that must not be read are at 9e9."""
    random = np.random.default_rng(zlib.crc32(f"{subject} {name}".encode()))
    length = int(random.integers(12, 20))
    phase = 2 * math.pi * (np.arange(length) / length + random.random())  # [L]
    person = np.zeros((length, 16, 3))
    person[..., [0, 2]] = STANDING
    person[:, WRISTS, 2] += 400 + 300 * np.sin(phase)[:, None]
    person[..., 1] += random.normal(0, 60, 16)
    person += random.uniform(-300, 300, 3) + 20 * phase[:, None, None]  # walks a little
    poses = np.full((length, 32, 3), 9e9)
    poses[:, KEPT_JOINTS] = person
    return poses


def calibration(subject):
    """Returns a subject's slightly rotated camera, with R not yet transposed."""
    turn, tilt = 0.1 + 0.01 * subject, 0.05
    look = np.array([math.sin(turn), math.cos(turn) * math.cos(tilt), -math.sin(tilt)])
    look /= np.linalg.norm(look)
    right = np.cross(look, [0, 0, 1])
    right /= np.linalg.norm(right)
    return {
        "R": np.stack([right, np.cross(look, right), look]),
        "T": np.array([-400.0, -5000.0 - 20 * subject, 1500.0]),
        "f": np.array([1150.0, 1140.0]),
        "c": np.array([510.0, 505.0]),
        "k": np.array([-0.2, 0.24, -0.002]),
        "p": np.array([-0.0009, -0.0014]),
    }


def seen_by(camera, world):
    """Returns camera coordinates `[..., 3]` and pixels `[..., 2]`, point by point."""
    positions = np.empty(world.shape)
    pixels = np.empty(world.shape[:-1] + (2,))
    (k1, k2, k3), (p1, p2) = camera["k"], camera["p"]
    for index in np.ndindex(world.shape[:-1]):
        offset = [world[index][axis] - camera["T"][axis] for axis in range(3)]
        x, y, z = (sum(r * o for r, o in zip(row, offset, strict=True)) for row in camera["R"])
        positions[index] = x, y, z
        u, v = x / z, y / z
        square = u * u + v * v
        factor = 1 + k1 * square + k2 * square**2 + k3 * square**3 + p1 * v + p2 * u
        pixels[index] = (
            camera["f"][0] * (u * factor + p2 * square) + camera["c"][0],
            camera["f"][1] * (v * factor + p1 * square) + camera["c"][1],
        )
    return positions, pixels


def write_h5_archive(folder, names_of_subject):
    """Writes cameras.h5 and S*/MyPoses/3D_positions/<name>.h5 for {subject: [names]}."""
    folder.mkdir(parents=True, exist_ok=True)
    write_cameras(folder / "cameras.h5", names_of_subject)
    for subject, names in names_of_subject.items():
        for name in names:
            write_h5(h5_path(folder, subject, name), world_poses(subject, name))


def h5_path(folder, subject, name):
    """Returns the path of a recording's poses in the h5 archive."""
    return folder / f"S{subject}" / "MyPoses" / "3D_positions" / f"{name}.h5"


def write_h5(path, poses):
    """Writes poses `[L, 32, 3]` in the format of the h5 archive."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with h5py.File(path, "w") as file:
        file["3D_positions"] = poses.reshape(len(poses), 96).T  # [L, 32, 3] -> [96, L]


def write_cameras(path, subjects, right_name=CAMERA):
    """Writes four cameras. The one that is used is the second, but the third of subject 5."""
    with h5py.File(path, "w") as file:
        for subject in subjects:
            names = ["54138969", right_name, "58860488", "60457274"]
            if subject == 5:
                names[1], names[2] = names[2], names[1]
            for number, name in enumerate(names, start=1):
                camera = calibration(subject)
                if name != right_name:
                    camera["T"] += 3000
                group = file.create_group(f"subject{subject}/camera{number}")
                group["Name"] = np.array([[float(ord(character))] for character in name])
                group["R"] = camera.pop("R").T
                for key, values in camera.items():
                    group[key] = values[:, None]


def write_cdf_archive(folder, names_of_subject):
    """Writes the image and the space file of each recording for {subject: [names]}."""
    for subject, names in names_of_subject.items():
        for name in names:
            positions, pixels = seen_by(calibration(subject), world_poses(subject, name))
            write_cdf(cdf_path(folder, "D2_Positions", subject, name), pixels)
            write_cdf(cdf_path(folder, "D3_Positions_mono", subject, name), positions)


def cdf_path(folder, kind, subject, name):
    """Returns the path of a recording in the cdf archive; `kind` is the name of the folder."""
    return folder / f"S{subject}" / "MyPoseFeatures" / kind / f"{name}.{CAMERA}.cdf"


def write_cdf(path, poses):
    """Writes poses `[L, 32, D]` in the format of the cdf archive."""
    path.parent.mkdir(parents=True, exist_ok=True)
    poses = poses.reshape(1, len(poses), -1).astype(np.float32)  # [L, 32, D] -> [1, L, 32 * D]
    file = cdflib.cdfwrite.CDF(path, delete=path.exists())
    variable = {"Variable": "Pose", "Data_Type": CDF_FLOAT, "Num_Elements": 1, "Rec_Vary": True}
    file.write_var(variable | {"Dim_Sizes": list(poses.shape[1:])}, var_data=poses)
    file.close()
