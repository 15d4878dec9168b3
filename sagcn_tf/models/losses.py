"""Losses of the two conditional games of equation 1, on logits; one mean over the batch each."""

import tensorflow as tf


def discriminator_loss(real_logits, fake_logits, real_target=1.0):
    """Logistic loss of a discriminator: real clips towards `real_target`, fake ones towards 0.

    Args:
        real_logits: `[batch]`.
        fake_logits: `[batch]`.
        real_target: 1, or less for one-sided label smoothing.

    Returns:
        A scalar.
    """
    real = tf.nn.sigmoid_cross_entropy_with_logits(
        labels=tf.fill(tf.shape(real_logits), tf.constant(real_target, real_logits.dtype)),
        logits=real_logits,
    )
    return tf.reduce_mean(real) + tf.reduce_mean(tf.nn.softplus(fake_logits))


def generator_loss(fake_logits):
    """Non-saturating generator loss `-log D(G(z))`.

    Args:
        fake_logits: `[batch]`.

    Returns:
        A scalar.
    """
    return tf.reduce_mean(tf.nn.softplus(-fake_logits))


def relativistic_losses(real_logits, fake_logits, real_label, fake_label):
    """Losses of a relativistic game (Jolicoeur-Martineau 2019): which clip of a pair is real?

    All pairs of a real and a fake clip of one class count. A generator that leaves out a kind of
    real clip loses the pairs with those clips, so this game covers the data better than the
    logistic one; it needs a gradient penalty on both sides (Huang et al. 2024).

    Args:
        real_logits: `[R]`.
        fake_logits: `[F]`.
        real_label: `[R, C]`, one-hot.
        fake_label: `[F, C]`, one-hot; at least one pair must share a class.

    Returns:
        Two scalars: the discriminator's loss and the generator's.
    """
    advantage = real_logits[:, None] - fake_logits  # [R, F]
    same = tf.matmul(real_label, fake_label, transpose_b=True)
    share = same / tf.reduce_sum(same)
    return (
        tf.reduce_sum(share * tf.nn.softplus(-advantage)),
        tf.reduce_sum(share * tf.nn.softplus(advantage)),
    )


def gradient_penalty(gradients):
    """Zero-centered penalty (Mescheder et al. 2018): half the squared norm of d logit / d input.

    Args:
        gradients: `[batch, ...]`, the gradient of each clip's logit by that clip.

    Returns:
        A scalar, the mean over the batch.
    """
    squares = tf.square(tf.cast(gradients, tf.float32))
    return 0.5 * tf.reduce_sum(squares) / tf.cast(tf.shape(gradients)[0], tf.float32)
