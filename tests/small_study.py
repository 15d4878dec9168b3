"""A small study of two systems, and ratings by simulated raters."""

import numpy as np

from sagcn_tf.human_study.schedule import schedule
from sagcn_tf.human_study.study import REAL, Study
from tests.small_data import CLASS_NAMES, FRAMES, SKELETON

KEYS = ("good", "bad")
# Means of simulated ratings; the spread is small enough for the ends of the scale.
MEANS = {"good": 4.0, "bad": 2.2, REAL: 4.5}


def small_study(clips_per_class=4, **settings):
    """A `Study` of random motion, marked as simulated."""
    rng = np.random.default_rng(0)
    classes = len(CLASS_NAMES)
    counts = {**dict.fromkeys(KEYS, clips_per_class), REAL: 2}
    keys = [key for key, count in counts.items() for _ in range(classes * count)]
    labels = [label for count in counts.values() for label in range(classes) for _ in range(count)]
    shape = (FRAMES, SKELETON.num_joints, 2)
    defaults = {"seed": 0, "judgments": 12, "raters_per_clip": 3, "simulated": True}
    return Study(
        dataset="synthetic",
        class_names=CLASS_NAMES,
        skeleton=SKELETON,
        frame_rate=20.0,
        systems=[
            {"key": "good", "model": "sagcn", "preset": "tuned", "checkpoint": "best", "step": 8},
            {
                "key": "bad",
                "model": "skeleton_vae",
                "preset": "paper",
                "checkpoint": "best",
                "step": 8,
            },
        ],
        keys=keys,
        labels=labels,
        motion=rng.normal(size=[len(keys), *shape]).astype(np.float32),
        references=rng.normal(size=[classes, 2, *shape]).astype(np.float32),
        **{**defaults, **settings},
    )


def opinion(study, clip):
    """What simulated raters think of a clip: the mean of its system, and a deviation of its own."""
    return MEANS[study.keys[clip]] + np.random.default_rng([7, clip]).normal(scale=0.3)


def simulated_rating(study, clip, rng):
    """A simulated rating from 1 to 5: the opinion with noise, rounded at random."""
    value = opinion(study, clip) + rng.normal(scale=0.3)
    return int(np.clip(np.floor(value + rng.random()), 1, 5))


def simulated_ratings(study, raters, careless=()):
    """Returns `{(rater, judgment): dict}` of simulated raters; careless ones rate at random."""
    ratings = {}
    for number, rater in enumerate(raters):
        rng = np.random.default_rng(number)
        for place, judgment in enumerate(schedule(study, number)):
            rating = simulated_rating(study, judgment.clip, rng)
            if rater in careless:
                rating = int(rng.integers(1, 6))
            line = {"clip": judgment.clip, "kind": judgment.kind, "rating": rating}
            ratings[rater, place] = {"rater": rater, "judgment": place, "simulated": True, **line}
    return ratings
