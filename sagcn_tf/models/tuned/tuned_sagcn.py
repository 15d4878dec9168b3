"""SA-GCN with the networks of `tuned`, and the game that they play."""

import tensorflow as tf

from sagcn_tf.models import losses
from sagcn_tf.models.sagcn import SAGCN, share_of
from sagcn_tf.models.tuned.body_statistics import BodyStatistics
from sagcn_tf.models.tuned.frame_set_critic import FrameSetCritic
from sagcn_tf.models.tuned.generator import TunedGenerator
from sagcn_tf.models.tuned.temporal_critic import TemporalCritic


class TunedSAGCN(SAGCN):
    """Presets `tuned` and `small`: the discriminators judge pairs, and their slopes are penalized.

    A discriminator tells which clip of a real and a fake one of the same class is real, for all
    such pairs of the batch, over all replicas. The gradient of its logits by the clips, which the
    penalty needs in any case, is also all that the generator needs: d loss / d clip is that
    gradient times d loss / d logit. So each discriminator takes one pass over real and fake clips
    together, and none for the generator.

    Arguments as of `SAGCN`.
    """

    generator_class = TunedGenerator
    sequence_discriminator_class = TemporalCritic
    frame_discriminator_class = FrameSetCritic

    def adapt(self, data):
        """Measures the bodies of the training clips, by which the networks scale what they see."""
        body = BodyStatistics.of_data(data, self.config.frames)
        for network in self.networks.values():
            network.adapt(body)

    def _discriminator_step(self, name, network, real, fake, label):
        batch, replicas = tf.shape(label)[0], tf.distribute.get_strategy().num_replicas_in_sync
        clips, labels = tf.concat([real, fake], axis=0), tf.concat([label, label], axis=0)
        with tf.GradientTape() as tape:
            with tf.GradientTape() as inner:
                inner.watch(clips)
                logits = network((clips, labels), training=True)
                total = tf.reduce_sum(logits)
            slopes = inner.gradient(total, clips)  # of each logit by its own clip
            # Of clips of both sides: the mean over real ones plus the mean over fake ones.
            penalty = 2.0 * losses.gradient_penalty(slopes)
            weighted_penalty = self.config.gradient_penalty * penalty / replicas
        results, of_logits, generator_of_fake = _judge_pairs(
            name, logits[:batch], logits[batch:], label
        )
        results[f"{name}/penalty"] = penalty
        gradients = tape.gradient(
            [logits, weighted_penalty],
            network.trainable_variables,
            output_gradients=[of_logits, tf.ones_like(penalty)],
        )
        self._apply(name, network, gradients, results)
        return results, generator_of_fake[:, None, None, None] * slopes[batch:]


def _judge_pairs(name, real_logits, fake_logits, label):
    """The losses over the pairs of all replicas.

    Returns:
        A dictionary of losses and accuracies of the whole batch; d loss / d logits of this
        replica's real and fake clips, one after the other; d generator's loss / d fake logits.
    """
    context = tf.distribute.get_replica_context()
    rows = real, fake, labels = [_of_all_replicas(x) for x in (real_logits, fake_logits, label)]
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(rows)
        loss, generator_loss = losses.relativistic_losses(real, fake, labels, labels)
    batch = tf.shape(label)[0]
    start = batch * tf.cast(context.replica_id_in_sync_group, tf.int32)
    own = slice(start, start + batch)
    of_logits = tf.concat([x[own] for x in tape.gradient(loss, [real, fake])], axis=0)
    # The loss leaves the zero of the logits open: the mean of the other side stands in.
    results = {
        f"{name}/loss": loss,
        f"{name}/accuracy_real": share_of(real > tf.reduce_mean(fake)),
        f"{name}/accuracy_fake": share_of(fake < tf.reduce_mean(real)),
        f"G/loss_{name}": generator_loss,
    }
    return results, of_logits, tape.gradient(generator_loss, fake)[own]


def _of_all_replicas(rows):
    """The rows of all replicas, in their order.

    A sum of rows at their places: several machines can't gather inside of a step.
    """
    context = tf.distribute.get_replica_context()
    replicas = context.num_replicas_in_sync
    if replicas == 1:
        return rows
    batch, before = tf.shape(rows)[0], tf.cast(context.replica_id_in_sync_group, tf.int32)
    places = [[before * batch, (replicas - 1 - before) * batch], *[[0, 0]] * (len(rows.shape) - 1)]
    return context.all_reduce(tf.distribute.ReduceOp.SUM, tf.pad(rows, places))
