"""c-SkeletonGAN: SkeletonGAN with a classifier of motions."""

import keras
import tensorflow as tf

from sagcn_tf.models.baselines.skeleton_gan import SkeletonGAN

_WEIGHT = 0.01


@keras.saving.register_keras_serializable("sagcn_tf")
class CSkeletonGAN(SkeletonGAN):
    """SkeletonGAN whose motions are also trained to be recognized.

    A classifier with the architecture of the discriminator, but without the label as an input,
    learns the class of real and generated motions in the same update as the shift generator.

    For the arguments see `MotionModel`.

    References:
        - [Wang et al., 2020](https://arxiv.org/abs/1912.10150)
    """

    results = (
        *SkeletonGAN.results,
        "C/loss_real",
        "C/loss_fake",
        "C/accuracy_real",
        "C/accuracy_fake",
    )

    def __init__(self, config, num_classes, skeleton, dimensions=2, for_training=True, **kwargs):
        super().__init__(config, num_classes, skeleton, dimensions, for_training, **kwargs)
        if for_training:
            self.classifier = self._sequence_critic(num_classes)
            self.networks["classifier"] = self.classifier

    @property
    def _trained_with_shifts(self):
        return super()._trained_with_shifts + self.classifier.trainable_variables

    def _classify(self, real, fake, label):
        logits = self.classifier.judge_both(real, fake)
        entropies = [
            tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(label, side)) for side in logits
        ]
        accuracies = [
            tf.reduce_mean(keras.metrics.categorical_accuracy(label, side)) for side in logits
        ]
        results = {
            "C/loss_real": entropies[0],
            "C/loss_fake": entropies[1],
            "C/accuracy_real": accuracies[0],
            "C/accuracy_fake": accuracies[1],
        }
        return _WEIGHT * sum(entropies), results
