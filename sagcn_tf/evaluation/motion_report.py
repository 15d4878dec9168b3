"""Motion statistics of generated clips beside those of real ones, over all classes and of each."""

import numpy as np

from sagcn_tf.metrics import motion_statistics

SPLITS = ("train", "test")


def class_statistics(clips, training_clips, data):
    """Motion statistics of each class.

    Args:
        clips: standardized, `[C, m, T, N, D]`.
        training_clips: standardized clips of the same classes, to measure the distance to.
        data: a `MotionData`, with or without sequences.

    Returns:
        `{statistic: [C floats]}`, means over the clips of a class: speed, acceleration and bone
        length variation in the data's unit (a frame); diversity and the distance to the nearest
        training clip in standardized coordinates.
    """
    of_classes = [_statistics(*pair, data) for pair in zip(clips, training_clips, strict=True)]
    return {name: [float(of[name]) for of in of_classes] for name in of_classes[0]}


def _statistics(clips, training_clips, data):
    """The statistics of one class, clips `[m, T, N, D]`, by name."""
    motion, bones = data.unstandardize(clips), data.skeleton.bones
    return {
        "speed": motion_statistics.speed(motion).mean(),
        "acceleration": motion_statistics.acceleration(motion).mean(),
        "bone length variation": motion_statistics.bone_length_variation(motion, bones).mean(),
        "diversity": motion_statistics.diversity(clips),
        "distance to nearest training clip": motion_statistics.nearest_distance(
            clips, training_clips
        ),
    }


def motion_report(generated, real, class_names):
    """Compares motion statistics of generated clips with those of real clips.

    Args:
        generated: what `class_statistics` returned of them.
        real: `{"train" | "test": class_statistics(...)}` of as many real clips.
        class_names: of the C classes.

    Returns:
        A JSON-able dict: `{statistic: {"generated", "train", "test", "classes"}}`. The first three
        are means over all classes; `classes` is `{class name: {"generated", "train", "test"}}`.
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


def ratio(values, of="generated"):
    """The ratio of a statistic to that of training clips.

    Args:
        values: `{"generated", "train", "test"}`, of all classes or of one.
        of: `"generated"` (default) or `"test"`.

    Returns:
        A float; None where the training clips have nothing but rounding beside the generated ones,
        as rigid bodies vary no bone: to that there is no ratio.
    """
    real = values["train"]
    return values[of] / real if real > 1e-3 * values["generated"] else None
