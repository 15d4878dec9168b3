"""EPVA: encoder and predictor with visual analogy."""

import keras
import tensorflow as tf

from sagcn_tf.models.baselines.e2e import E2E

# The weight of the codes' loss reaches half of its maximum after a sixth of the steps.
_LARGEST_WEIGHT, _HALF_AT, _RAMP = 0.1, 1 / 6, 1 / 60


@keras.saving.register_keras_serializable("sagcn_tf")
class EPVA(E2E):
    """Encoder and predictor with visual analogy: the decoder is trained on codes of real frames.

    The loss of all networks is `|VAN(enc_t) - x_t|^2 + w(s) |enc_t - pred_t|^2` instead of that of
    `E2E`, so the encoder learns codes that can be predicted. The weight w rises to 0.1 with the
    step s, like `0.1 sigmoid((s - 20,000) / 2000)` in the 120,000 steps of the original; the curve
    is scaled to other numbers of steps.

    For the arguments see `MotionModel`, and for sampling `PosePrediction`.

    References:
        - [Wichers et al., 2018](https://arxiv.org/abs/1806.04768)
    """

    progress = ("loss_frames", "loss_codes")
    results = (*E2E.results, "loss_codes", "weight")

    def _step_loss(self, motion, label):
        poses, codes = self.encode(motion)
        frames_loss = self.frames_loss(poses, codes[:, 0], codes[:, 1:])
        predicted = self.predict_codes(codes, label)
        codes_loss = tf.reduce_mean(tf.square(codes[:, 1:] - predicted))
        weight = self.codes_weight(self.optimizers["all"].iterations)
        loss = frames_loss + weight * codes_loss
        return loss, {"loss_frames": frames_loss, "loss_codes": codes_loss, "weight": weight}

    def codes_weight(self, step):
        """Returns the weight w(s) of step s, counted from 0."""
        done = tf.cast(step, tf.float32) / self.config.steps
        return _LARGEST_WEIGHT * tf.sigmoid((done - _HALF_AT) / _RAMP)
