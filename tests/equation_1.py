"""Reference implementation of the games of equation 1, slow and obvious, for the tests.

It shares only the networks with the training step: losses pair by pair, penalties from the Jacobian
of the logits, gradients of all three losses at the same weights.
"""

import tensorflow as tf

NETWORKS = {
    "G": "generator",
    "D_V": "sequence_discriminator",
    "D_F": "frame_discriminator",
}


def log_sigmoid(logits):
    """Returns log(1 / (1 + exp(-x)))."""
    return tf.minimum(logits, 0.0) - tf.math.log(1.0 + tf.exp(-tf.abs(logits)))  # without overflow


def mean_penalty(network, clips, label):
    """R1 on real or R2 on fake clips, from the gradient of all logits with respect to each clip."""
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(clips)
        logits = network((clips, label))
    # In a loop: to trace it for all logits at once takes longer.
    by_clip = sum(tf.unstack(tape.jacobian(logits, clips, experimental_use_pfor=False)))
    return tf.reduce_sum(by_clip**2) / 2 / len(clips)


def losses_of(config, real, unreal, label):
    """Losses of a discriminator and of the generator, from the logits of both sides."""
    if config.preset in ("paper", "authors"):
        target = config.real_target
        towards_real = target * log_sigmoid(real) + (1 - target) * log_sigmoid(-real)
        loss = -tf.reduce_mean(towards_real) - tf.reduce_mean(log_sigmoid(-unreal))
        if config.loss == "minimax":  # log(1 - D) = log sigmoid(-logit)
            return loss, tf.reduce_mean(log_sigmoid(-unreal))
        return loss, -tf.reduce_mean(log_sigmoid(unreal))
    classes = label.argmax(axis=1)
    pairs = [(i, j) for i, one in enumerate(classes) for j, two in enumerate(classes) if one == two]
    advantages = tf.stack([real[i] - unreal[j] for i, j in pairs])
    return -tf.reduce_mean(log_sigmoid(advantages)), -tf.reduce_mean(log_sigmoid(-advantages))


def equation_1(model, noise, motion, label, real_picks, fake_picks):
    """Losses and gradients of both games at the current weights of the model."""
    motion = tf.constant(motion)
    with tf.GradientTape(persistent=True) as tape:
        fake = model.generator((noise, label))
        total, losses = {"G": 0.0}, {}
        for name, real_seen, fake_seen in (
            ("D_V", motion, fake),
            (
                "D_F",
                tf.gather(motion, real_picks, axis=1, batch_dims=1),
                tf.gather(fake, fake_picks, axis=1, batch_dims=1),
            ),
        ):
            network = getattr(model, NETWORKS[name])
            real, unreal = network((real_seen, label)), network((fake_seen, label))
            losses[name], losses[f"G/{name}"] = losses_of(model.config, real, unreal, label)
            total[name] = losses[name]
            if model.config.preset == "tuned":
                penalty = sum(mean_penalty(network, seen, label) for seen in (real_seen, fake_seen))
                losses[f"{name}/penalty"] = penalty
                total[name] += model.config.gradient_penalty * penalty
            total["G"] += losses[f"G/{name}"]
    gradients = {
        name: tape.gradient(total[name], getattr(model, network).trainable_variables)
        for name, network in NETWORKS.items()
    }
    return losses, gradients
