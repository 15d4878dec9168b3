"""EPVA: encoder and predictor agree on codes, and a decoder draws encoded frames."""

import tensorflow as tf

from sagcn_tf.models.baselines.pose_prediction import PosePrediction

# After a sixth of the steps the codes' loss has half of its largest weight.
_LARGEST_WEIGHT, _HALF_AT, _RAMP = 0.1, 1 / 6, 1 / 60


class EPVA(PosePrediction):
    """Encoder, predictor and visual analogy: the decoder is trained on codes of real frames.

    `|VAN(enc_t) - x_t|^2 + w(s) |enc_t - pred_t|^2` trains all networks, so the encoder learns
    codes that can be predicted. w rises to 0.1 with the steps s, as
    `0.1 sigmoid((s - 20 000) / 2000)` does in the 120 000 steps of Wichers et al. 2018; other
    numbers of steps have the same curve.

    For its arguments and how it generates, see `PosePrediction`.
    """

    progress = ("loss_frames", "loss_codes")

    def compile(self):
        """Creates the Adam optimizer and its state."""
        super().compile(optimizer=None)
        self.optimizers = {"all": self._adam(self._trained("encoder", "predictor", "decoder"))}

    def train_step(self, data):
        """One update of all networks.

        Args:
            data: motion `[batch, T, N, D]`, standardized, and label `[batch, C]`; this replica's
                share of the batch.

        Returns:
            A dictionary of scalars: `loss_frames` and `loss_codes`, means over this replica's
            clips, the `weight` w of the latter, and the norm of the gradient of the whole batch.
        """
        motion, label = data
        variables = self._trained("encoder", "predictor", "decoder")
        weight = self.codes_weight(self.optimizers["all"].iterations)
        with tf.GradientTape() as tape:
            poses, codes = self.encode(motion)
            frames_loss = self.frames_loss(poses, codes[:, 0], codes[:, 1:])
            predicted = self.predict_codes(codes, label)
            codes_loss = tf.reduce_mean(tf.square(codes[:, 1:] - predicted))
            total = frames_loss + weight * codes_loss
            total /= tf.distribute.get_strategy().num_replicas_in_sync
        results = {"loss_frames": frames_loss, "loss_codes": codes_loss, "weight": weight}
        self._apply("all", tape.gradient(total, variables), variables, results)
        return results

    def codes_weight(self, step):
        """w(s) of step s, counted from 0."""
        done = tf.cast(step, tf.float32) / self.config.steps
        return _LARGEST_WEIGHT * tf.sigmoid((done - _HALF_AT) / _RAMP)
