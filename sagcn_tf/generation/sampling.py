"""Samples clips from a model in batches, for files, pictures and evaluations."""

import numpy as np

from sagcn_tf.errors import UserError

_BATCH = 100
_SEEDS_PER_DRAW = 2**20
NO_TRANSITIONS = "this system takes one label for a whole clip: it has no transitions"


def sample(generate, label, seed, progress=None):
    """Samples standardized clips in batches of at most 100.

    Args:
        generate: called as `generate(label [B, ...], seed int32 [B])` -> motion `[B, T, N, D]`.
        label: float32 `[n, ...]`, a label for each clip.
        seed: int32 `[n]`.
        progress: called with the number of clips after each batch. Default: None.

    Returns:
        float32 `[n, T, N, D]`, standardized. Each row depends only on its own label and seed.

    Raises:
        UserError: if the model generates NaN or infinity.
    """
    count = len(seed)
    # All batches have the same size, because a new size would retrace the model; the last batch is
    # padded.
    size = min(count, _BATCH)
    rows = np.arange(-(-count // size) * size) % count
    batches = []
    for start in range(0, len(rows), size):
        batch = rows[start : start + size]
        batches.append(np.asarray(generate(label[batch], seed[batch]), np.float32))
        check_finite(batches[-1])
        if progress:
            progress(min(size, count - start))
    return np.concatenate(batches)[:count]


def check_finite(motion):
    """Raises a `UserError` if generated motion contains NaN or infinity."""
    if not np.isfinite(motion).all():
        raise UserError(
            "the model generates NaN or infinity. Use another checkpoint, or train again with a "
            "lower learning rate"
        )


def sample_label(model, data, label, seeds, progress=None):
    """Samples clips of one label, one per seed, in the unit of the data.

    Args:
        model: an object with `generate`, and with `transition` for a label of two rows.
        data: the `MotionData` that the model was trained on, with or without sequences.
        label: float32 `[C]`, one-hot or a mixture of classes (equation 8), or `[2, C]`: the labels
            of the first and of the last frame, between which the mixture moves.
        seeds: int32 `[n]`.
        progress: called with the number of clips after each batch. Default: None.

    Returns:
        float32 `[n, T, N, D]` in `data.unit`.

    Raises:
        UserError: if the model generates NaN or infinity, or takes no label of two rows.
    """
    if np.ndim(label) == 1:
        generate = model.generate
    elif model.follows_labels:

        def generate(label, seed):
            return model.transition(label[:, 0], label[:, 1], seed)
    else:
        raise UserError(NO_TRANSITIONS)
    labels = np.broadcast_to(label, (len(seeds), *np.shape(label)))
    return data.unstandardize(sample(generate, labels, seeds, progress)).astype(np.float32)


def sample_all_classes(model, num_classes, per_class, draw, progress=None):
    """Samples the clips of one draw of an evaluation, the same number for each class.

    Args:
        model: an object with `generate`.
        num_classes: C.
        per_class: m, clips per class.
        draw: number of the draw, 0 to 2047. No two clips of any draws share a seed.
        progress: called with the number of clips after each batch. Default: None.

    Returns:
        float32 `[C, m, T, N, D]`, standardized.

    Raises:
        ValueError: if there are too many clips or draws for distinct seeds.
        UserError: if the model generates NaN or infinity.
    """
    count = num_classes * per_class
    if count > _SEEDS_PER_DRAW or not 0 <= draw < 2**31 // _SEEDS_PER_DRAW:
        raise ValueError(
            f"expected at most {_SEEDS_PER_DRAW} clips and draws 0 to "
            f"{2**31 // _SEEDS_PER_DRAW - 1}, got {count} clips and draw {draw}"
        )
    label = np.repeat(np.eye(num_classes, dtype=np.float32), per_class, axis=0)
    seed = (draw * _SEEDS_PER_DRAW + np.arange(count)).astype(np.int32)
    clips = sample(model.generate, label, seed, progress)
    return clips.reshape(num_classes, per_class, *clips.shape[1:])
