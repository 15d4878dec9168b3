"""Writes `.skeleton` files in the format of NTU RGB+D with synthetic motion.

python -m tests.datasets.ntu_rgbd.write_skeleton_files --output=DIR [--subjects=8]

As in the data set, three cameras see each of the ten actions: 8 subjects give 240 files, 65 MB. As
in the sensor's files, x points to the camera's left and images are mirrored.
"""

import argparse
import pathlib

import numpy as np
from tqdm import tqdm

from datasets.ntu_rgbd.recording_names import ACTIONS, Recording
from datasets.synthetic_actions.curves import FRAME_RATE as SYNTHETIC_FRAME_RATE
from datasets.synthetic_actions.recordings import record

FRAME_RATE = 30
CAMERAS = {"left": 1, "front": 2, "right": 3}
NUMBERS = {name: number for number, name in ACTIONS.items()}
IDENTITY = 72057594037931101  # not a number that a double can hold
SETUP = 1


def text(points, identity=IDENTITY, end="\r\n"):
    """Returns the content of a file with one person.

    Args:
        points: `[L, 25, 3]`, meters in the camera's axes: x to its right, y down, z away.
        identity: identity of the body.
        end: line ending.
    """
    x, y, z = np.moveaxis(points * [-1, -1, 1], -1, 0)  # the sensor's axes: x to its left, y up
    depth = [256 + 366 * x / z, 208 - 366 * y / z]
    color = [960 + 1060 * x / z, 540 - 1060 * y / z]
    turn = [0 * x, 0 * x, 0 * x, 0 * x + 1]
    joints = np.stack([x, y, z, *depth, *color, *turn], axis=-1)  # [L, 25, 11]
    body = [f"{identity} 0 1 1 1 1 0 0.02764709 0.05745083 2", "25", *["%.7g " * 11 + "2"] * 25]
    frame = end.join(["1", *body, ""])
    return f"{len(points)}{end}" + "".join(frame % tuple(row.ravel()) for row in joints)


def at_frame_rate(points, frame_rate=FRAME_RATE):
    """Resamples synthetic motion `[L, 25, 3]` linearly."""
    seconds = np.arange(len(points)) / SYNTHETIC_FRAME_RATE
    times = np.arange(0, seconds[-1], 1 / frame_rate)
    before = np.searchsorted(seconds, times, side="right") - 1
    share = ((times - seconds[before]) * SYNTHETIC_FRAME_RATE)[:, None, None]
    return (1 - share) * points[before] + share * points[before + 1]


def write(folder, subjects, actions=tuple(ACTIONS), frame_rate=FRAME_RATE):
    """Writes one file per subject, action and camera.

    Args:
        folder: path of the folder, which is created.
        subjects: numbers of the synthetic people, which become the subjects of NTU RGB+D.
        actions: numbers of the actions in NTU RGB+D.
        frame_rate: frames per second; a lower rate gives smaller files.

    Returns:
        Dictionary {`Recording`: points `[L, 25, 3]` written}.
    """
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    written = {}
    for synthetic in record(subjects, repetitions=1):
        action = NUMBERS.get(synthetic.action)
        if action not in actions:
            continue
        subject = int(synthetic.subject.removeprefix("P"))
        recording = Recording(SETUP, CAMERAS[synthetic.camera], subject, 1, action)
        written[recording] = at_frame_rate(synthetic.points, frame_rate)
        path = folder / f"{recording.name}.skeleton"
        path.write_bytes(text(written[recording]).encode("ascii"))
    return written


def main():
    """Runs the command line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--output", required=True, help="folder for the files")
    parser.add_argument(
        "--subjects", type=int, default=8, help="number of subjects, 1 to 40; xsub needs at least 3"
    )
    flags = parser.parse_args()
    if not 1 <= flags.subjects <= 40:
        parser.error(f"--subjects: expected 1 to 40, got {flags.subjects}")
    for subject in tqdm(range(1, flags.subjects + 1), unit="subject"):
        write(flags.output, [subject])


if __name__ == "__main__":
    main()
