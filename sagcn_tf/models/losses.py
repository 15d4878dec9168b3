"""Losses of the two conditional games of equation 1, as functions of logits."""

import tensorflow as tf


def discriminator_loss(real_logits, fake_logits, real_target=1.0):
    """Computes the logistic loss of a discriminator.

    Args:
        real_logits: Logits of real clips, `[batch]`.
        fake_logits: Logits of fake clips, `[batch]`; their target is 0.
        real_target: Target of real clips: 1 (default), or less for one-sided label smoothing.

    Returns:
        A scalar, the sum of the means over real and fake clips.
    """
    real = tf.nn.sigmoid_cross_entropy_with_logits(
        labels=tf.fill(tf.shape(real_logits), tf.constant(real_target, real_logits.dtype)),
        logits=real_logits,
    )
    return tf.reduce_mean(real) + tf.reduce_mean(tf.nn.softplus(fake_logits))


def generator_loss(fake_logits, kind="non_saturating"):
    """Computes the loss of a generator in the logistic game.

    Both kinds have the same fixed points. The gradient of `"minimax"` vanishes where the
    discriminator is sure that a clip is fake; that of `"non_saturating"` does not.

    Args:
        fake_logits: Logits of fake clips, `[batch]`.
        kind: `"minimax"` for `log(1 - D(G(z)))`, as in equation 1, or `"non_saturating"` (default)
            for `-log D(G(z))`.

    Returns:
        A scalar, the mean over the batch.

    Raises:
        ValueError: If `kind` is neither.

    References:
        - [Yu et al., 2020](https://arxiv.org/abs/2007.01971), equation 1
        - [Goodfellow et al., 2014](https://arxiv.org/abs/1406.2661), for `"non_saturating"`
    """
    if kind not in ("minimax", "non_saturating"):
        raise ValueError(f"kind must be 'minimax' or 'non_saturating', received {kind!r}")
    if kind == "minimax":
        return -tf.reduce_mean(tf.nn.softplus(fake_logits))
    return tf.reduce_mean(tf.nn.softplus(-fake_logits))


def relativistic_losses(real_logits, fake_logits, real_label, fake_label):
    """Computes the losses of a relativistic game: which clip of a pair is real?

    The losses are means over all pairs of a real and a fake clip of the same class. A generator
    that misses a mode of the data loses the pairs with real clips of that mode, so this game covers
    the data better than the logistic one. It needs a gradient penalty on real and fake clips.

    Args:
        real_logits: Logits of R real clips, `[R]`.
        fake_logits: Logits of F fake clips, `[F]`.
        real_label: One-hot labels of the real clips, `[R, C]`.
        fake_label: One-hot labels of the fake clips, `[F, C]`. At least one pair must share a
            class.

    Returns:
        Two scalars: the loss of the discriminator and that of the generator.

    References:
        - [Jolicoeur-Martineau, 2019](https://arxiv.org/abs/1807.00734)
        - [Huang et al., 2024](https://arxiv.org/abs/2501.05441), for the gradient penalty
    """
    advantage = real_logits[:, None] - fake_logits  # [R, F]
    same = tf.matmul(real_label, fake_label, transpose_b=True)
    share = same / tf.reduce_sum(same)
    return (
        tf.reduce_sum(share * tf.nn.softplus(-advantage)),
        tf.reduce_sum(share * tf.nn.softplus(advantage)),
    )


def gradient_penalty(gradients):
    """Computes the zero-centered gradient penalty: half the squared norm of d logit / d clip.

    Args:
        gradients: Gradient of each clip's logit with respect to that clip, `[batch, ...]`.

    Returns:
        A scalar, the mean over the batch.

    References:
        - [Mescheder et al., 2018](https://arxiv.org/abs/1801.04406)
    """
    squares = tf.square(tf.cast(gradients, tf.float32))
    return 0.5 * tf.reduce_sum(squares) / tf.cast(tf.shape(gradients)[0], tf.float32)
