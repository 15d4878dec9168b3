"""SA-GCN with the networks and losses of the paper."""

import keras
import tensorflow as tf

from sagcn_tf.models import losses
from sagcn_tf.models.paper.frame_discriminator import FrameDiscriminator
from sagcn_tf.models.paper.generator import Generator
from sagcn_tf.models.paper.sequence_discriminator import SequenceDiscriminator
from sagcn_tf.models.sagcn import SAGCN, share_of


@keras.saving.register_keras_serializable("sagcn_tf")
class PaperSAGCN(SAGCN):
    """SA-GCN of presets `paper` and `authors`: logistic losses, each clip judged by itself.

    For the arguments see `MotionModel`.

    References:
        - [Yu et al., 2020](https://arxiv.org/abs/2007.01971), equation 1
    """

    generator_class = Generator
    sequence_discriminator_class = SequenceDiscriminator
    frame_discriminator_class = FrameDiscriminator

    def _discriminator_step(self, name, network, real, fake, label):
        replicas = tf.distribute.get_strategy().num_replicas_in_sync
        with tf.GradientTape(persistent=True) as tape:
            tape.watch(fake)
            real_logits = network((real, label), training=True)
            fake_logits = network((fake, label), training=True)
            loss = losses.discriminator_loss(real_logits, fake_logits, self.config.real_target)
            generator_loss = losses.generator_loss(fake_logits, self.config.loss)
            total, generator_total = loss / replicas, generator_loss / replicas
        results = {
            f"{name}/loss": loss,
            f"{name}/accuracy_real": share_of(real_logits > 0.0),
            f"{name}/accuracy_fake": share_of(fake_logits < 0.0),
            f"G/loss_{name}": generator_loss,
        }
        fake_gradient = tape.gradient(generator_total, fake)
        self._apply(name, network, tape.gradient(total, network.trainable_variables), results)
        return results, fake_gradient
