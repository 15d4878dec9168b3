"""SA-GCN with the networks and the relativistic game of presets `tuned` and `small`."""

import keras
import tensorflow as tf

from sagcn_tf.models import losses
from sagcn_tf.models.sagcn import SAGCN, share_of
from sagcn_tf.models.tuned.body_statistics import BodyStatistics
from sagcn_tf.models.tuned.frame_set_critic import FrameSetCritic
from sagcn_tf.models.tuned.generator import TunedGenerator
from sagcn_tf.models.tuned.temporal_critic import TemporalCritic


@keras.saving.register_keras_serializable("sagcn_tf")
class TunedSAGCN(SAGCN):
    """SA-GCN of presets `tuned` and `small`: a relativistic game with a gradient penalty.

    A discriminator judges which clip of a pair is real, for all pairs of a real and a fake clip of
    the same class in the batch, over all replicas. Each discriminator runs once, over real and fake
    clips together. Two backward passes to the clips follow: one from the sum of the logits, for the
    penalty, and one from the generator's loss. They differ because a logit also depends on the
    other clips of its class (`ClassSpread`).

    For the arguments see `MotionModel`.

    References:
        - [Yu et al., 2020](https://arxiv.org/abs/2007.01971), equation 1
        - [Jolicoeur-Martineau, 2019](https://arxiv.org/abs/1807.00734), for the relativistic game
    """

    generator_class = TunedGenerator
    sequence_discriminator_class = TemporalCritic
    frame_discriminator_class = FrameSetCritic
    results = (*SAGCN.results, "D_V/penalty", "D_F/penalty")

    def adapt(self, data):
        """Measures the bodies in the training clips and scales the networks' features by them."""
        body = BodyStatistics.from_data(data, self.config.frames)
        for network in self.networks.values():
            network.adapt(body)

    def _discriminator_step(self, name, network, real, fake, label):
        batch, replicas = tf.shape(label)[0], tf.distribute.get_strategy().num_replicas_in_sync
        clips, labels = tf.concat([real, fake], axis=0), tf.concat([label, label], axis=0)
        with tf.GradientTape() as tape:
            with tf.GradientTape(persistent=True) as inner:
                inner.watch(clips)
                logits = network((clips, labels), sets=2, training=True)
                total = tf.reduce_sum(logits)
            slopes = inner.gradient(total, clips)
            # The batch holds real and fake clips: twice its mean is the sum of both means.
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
        of_generator = tf.concat([tf.zeros_like(generator_of_fake), generator_of_fake], axis=0)
        of_clips = inner.gradient(logits, clips, output_gradients=of_generator)
        self._apply(name, network, gradients, results)
        return results, of_clips[batch:]


def _judge_pairs(name, real_logits, fake_logits, label):
    """Computes the losses over the pairs of all replicas.

    Returns:
        A dictionary of losses and accuracies of the whole batch; the gradient of the
        discriminator's loss with respect to this replica's logits, real clips first; and the
        gradient of the generator's loss with respect to this replica's fake logits.
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
    # The loss does not fix the zero of the logits, so the mean of the other side is the threshold.
    results = {
        f"{name}/loss": loss,
        f"{name}/accuracy_real": share_of(real > tf.reduce_mean(fake)),
        f"{name}/accuracy_fake": share_of(fake < tf.reduce_mean(real)),
        f"G/loss_{name}": generator_loss,
    }
    return results, of_logits, tape.gradient(generator_loss, fake)[own]


def _of_all_replicas(rows):
    """Returns the rows of all replicas, in the order of the replicas.

    This is a sum of padded rows, because several workers cannot gather inside a step.
    """
    context = tf.distribute.get_replica_context()
    replicas = context.num_replicas_in_sync
    if replicas == 1:
        return rows
    batch, before = tf.shape(rows)[0], tf.cast(context.replica_id_in_sync_group, tf.int32)
    places = [[before * batch, (replicas - 1 - before) * batch], *[[0, 0]] * (len(rows.shape) - 1)]
    return context.all_reduce(tf.distribute.ReduceOp.SUM, tf.pad(rows, places))
