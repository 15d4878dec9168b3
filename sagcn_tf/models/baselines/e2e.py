"""E2E: encoder, predictor and decoder trained end to end."""

import keras
import tensorflow as tf

from sagcn_tf.models.baselines.pose_prediction import PosePrediction


@keras.saving.register_keras_serializable("sagcn_tf")
class E2E(PosePrediction):
    """End-to-end training: the squared error of the predicted frames trains all networks.

    For the arguments see `MotionModel`, and for sampling `PosePrediction`.

    References:
        - [Wichers et al., 2018](https://arxiv.org/abs/1806.04768)
    """

    progress = ("loss_frames",)
    results = ("loss_frames", "all/gradient_norm")

    def trained_variables(self):
        """Returns the variables of all networks."""
        return {"all": self._trained("encoder", "predictor", "decoder")}

    def update(self, data):
        """Updates all networks.

        Args:
            data: Standardized motion `[batch, T, N, D]` and label `[batch, C]`, this replica's
                share of the batch.

        Returns:
            A dictionary of scalars: the parts of the loss, averaged over this replica's clips, and
            the norm of the gradient of the whole batch.
        """
        variables = self._trained("encoder", "predictor", "decoder")
        with tf.GradientTape() as tape:
            loss, results = self._step_loss(*data)
            total = loss / tf.distribute.get_strategy().num_replicas_in_sync
        self._apply("all", tape.gradient(total, variables), variables, results)
        return results

    def _step_loss(self, motion, label):
        """Returns the loss of the step and a dictionary of its parts."""
        poses, codes = self.encode(motion)
        loss = self.frames_loss(poses, codes[:, 0], self.predict_codes(codes, label))
        return loss, {"loss_frames": loss}
