"""Reads the JSON files of pose estimators: OpenPose, COCO results, MMPose, MediaPipe.

If several people are seen, the one closest to the person of the frame before is followed, beginning
with the one of the highest confidence.
"""

import json

import numpy as np

from datasets.motion_folder.known_body import joints_by_number
from datasets.motion_folder.recording import Recording
from datasets.raw_data_error import RawDataError

_EXPECTED = (
    "expected the keypoints of OpenPose, COCO or MMPose, or a list of frames with a list of "
    'landmarks {"x": ..., "y": ...}'
)
_POINTS = ("keypoints", "landmarks", "pose_landmarks", "pose_world_landmarks", "pose")
_SCORES = ("visibility", "score", "confidence", "c")


def read_keypoints(paths) -> Recording:
    """Reads one file with all frames, or a file per frame as OpenPose writes them.

    Args:
        paths: list of `pathlib.Path`, in the order of the frames.

    Returns:
        A `Recording` with names of joints if the number of joints is that of COCO (17), OpenPose
        (25) or MediaPipe (33), or if the file names them; with confidences if there are some. A
        frame without a person is NaN.

    Raises:
        RawDataError: if the format is unknown. The message names the frame, but not the file.
    """
    frames, names = [], None
    try:
        for path in paths:
            found, found_names = _frames(json.loads(path.read_bytes()))
            frames += [[one for one in people if one is not None and one.size] for people in found]
            names = names or found_names
    except (
        ValueError,
        TypeError,
        AttributeError,
        KeyError,
        RecursionError,
        OverflowError,
    ) as error:
        raise RawDataError(f"{_EXPECTED}; got something else ({error!r:.80}).") from None
    widths = {person.shape for people in frames for person in people}
    if len(widths) != 1:
        shapes = " and ".join(map(str, sorted(widths))) or "no person"
        raise RawDataError(f"{_EXPECTED}; got {shapes:.100} in {len(frames)} frames.")
    (joints, columns), people = widths.pop(), [len(people) for people in frames]
    followed = _follow(frames, joints, columns)
    notes = [f"up to {max(people)} people are seen; one is followed"] if max(people) > 1 else []
    named = tuple(names) if names and len(set(names)) == joints else joints_by_number(joints)
    return Recording(
        followed[..., :-1], named, confidence=_known(followed[..., -1]), notes=tuple(notes)
    )


def _frames(content):
    """Returns a list of frames, each a list of people `[N, 2 or 3 coordinates and confidence]`."""
    names = None
    if isinstance(content, dict) and "people" in content:  # OpenPose, one frame
        return [[_openpose(person) for person in content["people"]]], None
    if isinstance(content, dict) and "instance_info" in content:  # MMPose
        ids = content.get("meta_info", {}).get("keypoint_id2name", {})
        names = [ids[key] for key in sorted(ids, key=int)]
        frames = [frame["instances"] for frame in content["instance_info"]]
        return [[_person(person)[0] for person in people] for people in frames], names
    if isinstance(content, dict):
        content = content.get("frames", content.get("annotations"))
    if not isinstance(content, list):
        raise ValueError("no list of frames")
    if content and all(isinstance(one, dict) and "image_id" in one for one in content):  # COCO
        images = {}
        for one in content:
            images.setdefault(one["image_id"], []).append(_person(one)[0])
        return [images[image] for image in sorted(images, key=_natural)], None
    people = [_person(frame) for frame in content]
    names = next((names for _, names in people if names), None)
    return [[person] if person is not None else [] for person, _ in people], names


def _natural(image):
    """Returns a key that sorts `10.jpg` after `9.jpg`."""
    digits = "".join(letter for letter in str(image) if letter.isdigit())
    return int(digits[-18:] or 0), str(image)


def _openpose(person):
    name = "pose_keypoints_3d" if person.get("pose_keypoints_3d") else "pose_keypoints_2d"
    width = 4 if name.endswith("3d") else 3
    return np.array(person[name], np.float64).reshape(-1, width)


def _person(person):
    """Returns an array `[N, coordinates and confidence]`, or None, and names of joints or None."""
    scores, names = None, None
    if isinstance(person, dict):
        scores = person.get("keypoint_scores")
        person = next((person[name] for name in _POINTS if name in person), person)
    if isinstance(person, dict):
        names, person = list(person), list(person.values())
    if not person:
        return None, None
    if isinstance(person[0], list) and person[0] and isinstance(person[0][0], dict):
        person = person[0]  # MediaPipe lists the people of a frame
    if isinstance(person[0], dict):
        names = names or ([one["name"] for one in person] if "name" in person[0] else None)
        person = [_landmark(one) for one in person]
        points, scores = np.array(person, np.float64)[:, :-1], [one[-1] for one in person]
    else:
        points = np.array(person, np.float64)
    if points.ndim == 1:  # COCO's flat list of x, y, confidence
        return points.reshape(-1, 3), names
    if points.ndim != 2 or points.shape[1] not in (2, 3):
        raise ValueError(f"an array {points.shape}")
    scores = np.full(len(points), np.nan) if scores is None else np.array(scores, np.float64)
    return np.column_stack([points, scores]), names


def _landmark(one):
    score = next((one[name] for name in _SCORES if name in one), np.nan)
    return [one["x"], one["y"], *([one["z"]] if "z" in one else []), score]


def _follow(frames, joints, columns):
    """Returns the points of one person, `[T, joints, columns]`; NaN in frames without a person."""
    points, before = np.full((len(frames), joints, columns), np.nan), None
    for frame, people in enumerate(frames):
        if not people:
            continue
        if before is None:
            chosen = max(people, key=lambda person: np.nansum(person[:, -1]))
        else:
            chosen = min(people, key=lambda person: _distance(person, before))
        points[frame] = before = chosen
    return points


def _distance(person, other):
    """Returns the mean distance of the joints that are known of both; infinity without any."""
    known = (person[:, -1] != 0) & (other[:, -1] != 0)  # a NaN is not 0
    if not known.any():
        return np.inf
    with np.errstate(over="ignore", invalid="ignore"):
        return np.linalg.norm(person[known, :-1] - other[known, :-1], axis=-1).mean()


def _known(confidence):
    """Returns confidences, or None if there are none at all."""
    return None if np.isnan(confidence).all() else np.nan_to_num(confidence)
