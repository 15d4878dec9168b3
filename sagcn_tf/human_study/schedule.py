"""The order in which a rater sees clips."""

import typing

import numpy as np

from sagcn_tf.human_study.study import REAL

CLIP, REPEAT = "clip", "repeat"
# Share of real clips, and of repeated clips, in addition to the generated ones.
_CHECKS = 0.05


class Judgment(typing.NamedTuple):
    """A clip to rate.

    Attributes:
        clip: number of the clip in the study.
        reference: number of the real clip of its class to show beside it.
        kind: `CLIP`, or an attention check: `REAL` for a real clip, `REPEAT` for a clip that the
            rater has seen before.
    """

    clip: int
    reference: int
    kind: str


def schedule(study, rater) -> list[Judgment]:
    """Returns what a rater sees, in random order.

    The clips of all systems are divided into blocks, in which systems and classes are balanced as
    far as the size allows. `raters_per_clip` raters see one block, the next raters see the next.
    In addition, a rater sees real clips, 5% of the size of the block, and as many clips of the
    first half again in the second half.

    Args:
        study: a `Study`.
        rater: number of the rater, 0 or more, in the order of their first visit.
    """
    blocks = _blocks(study)
    own = blocks[rater // study.raters_per_clip % len(blocks)]
    rng = np.random.default_rng([study.seed, rater])
    checks = max(1, round(_CHECKS * len(own)))
    real = np.flatnonzero(np.array(study.keys) == REAL)
    seen = [(clip, CLIP) for clip in own]
    seen += [(clip, REAL) for clip in rng.choice(real, min(checks, len(real)), replace=False)]
    rng.shuffle(seen)
    half = (len(seen) + 1) // 2
    candidates = [int(clip) for clip, kind in seen[:half] if kind == CLIP]
    repeats = rng.permutation(candidates)[:checks]
    later = [*seen[half:], *((clip, REPEAT) for clip in repeats)]
    rng.shuffle(later)
    references = study.references.shape[1]
    return [
        Judgment(int(clip), int(rng.integers(references)), str(kind))
        for clip, kind in [*seen[:half], *later]
    ]


def _blocks(study):
    """Divides the generated clips into blocks of at most `judgments` clips.

    Clip i of every class and system comes before clip i + 1 of any.
    """
    keys, labels = np.array(study.keys), np.array(study.labels)
    generated = np.flatnonzero(keys != REAL)
    turns, seen = [], {}
    for clip in generated:
        kind = keys[clip], labels[clip]
        turns.append(seen.get(kind, 0))
        seen[kind] = turns[-1] + 1
    chance = np.random.default_rng(study.seed).random(len(generated))
    order = generated[np.lexsort((chance, turns))]
    count = -(-len(order) // study.judgments)
    return [block.tolist() for block in np.array_split(order, count)]
