"""Compares motion statistics of generated and real clips, per class and over all classes."""

import numpy as np

from sagcn_tf.metrics import motion_statistics

SPLITS = ("train", "test")
GROUND_SPEED = "speed over ground"  # of motion with `root_motion`


def class_statistics(clips, training_clips, data):
    """Computes the motion statistics of each class.

    Args:
        clips: standardized, `[C, m, T, N, D]`.
        training_clips: standardized training clips of the same classes, for the nearest distance.
        data: a `MotionData`, with or without sequences.

    Returns:
        `{statistic: [C floats]}`, means over the clips of a class: speed, acceleration and bone
        length variation in the data's unit and frames; diversity and the distance to the nearest
        training clip in standardized coordinates. With `root_motion`, all of them cover the motion
        of the root, and there is one more: its speed over the ground.
    """
    per_class = [_statistics(*pair, data) for pair in zip(clips, training_clips, strict=True)]
    return {name: [float(of_one[name]) for of_one in per_class] for name in per_class[0]}


def _statistics(clips, training_clips, data):
    """Returns the statistics of one class by name; clips `[m, T, N, D]`."""
    motion, bones = data.unstandardize(clips), data.skeleton.bones
    found = {}
    if data.root_motion:
        found[GROUND_SPEED] = motion_statistics.ground_speed(motion, data.root_motion).mean()
    return found | {
        "speed": motion_statistics.speed(motion).mean(),
        "acceleration": motion_statistics.acceleration(motion).mean(),
        "bone length variation": motion_statistics.bone_length_variation(motion, bones).mean(),
        "diversity": motion_statistics.diversity(clips),
        "distance to nearest training clip": motion_statistics.nearest_distance(
            clips, training_clips
        ),
    }


def motion_report(generated, real, class_names):
    """Combines the motion statistics of generated and real clips.

    Args:
        generated: the `class_statistics` of generated clips.
        real: `{"train" | "test": class_statistics(...)}` of the same number of real clips.
        class_names: names of the C classes.

    Returns:
        A JSON-serializable dict `{statistic: {"generated", "train", "test", "classes"}}`. The first
        three are means over all classes; `classes` is
        `{class name: {"generated", "train", "test"}}`.
    """
    sources = {"generated": generated, **{split: real[split] for split in SPLITS}}
    report = {}
    for name in generated:
        means = {source: float(np.mean(values[name])) for source, values in sources.items()}
        classes = {
            class_name: {source: values[name][c] for source, values in sources.items()}
            for c, class_name in enumerate(class_names)
        }
        report[name] = {**means, "classes": classes}
    return report


def ratio(values, source="generated"):
    """Computes the ratio of a statistic to its value for training clips.

    Args:
        values: `{"generated", "train", "test"}`, of all classes or of one.
        source: `"generated"` or `"test"`. Default: `"generated"`.

    Returns:
        A float, or None if the value of the training clips is only rounding error next to that of
        the generated clips, such as the bone length variation of rigid bodies.
    """
    real = values["train"]
    return values[source] / real if real > 1e-3 * values["generated"] else None
