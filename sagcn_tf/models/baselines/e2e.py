"""E2E: encoder, predictor and decoder trained from end to end."""

import tensorflow as tf

from sagcn_tf.models.baselines.pose_prediction import PosePrediction


class E2E(PosePrediction):
    """End to end: one loss, the squared error of the predicted frames, trains all networks.

    For its arguments and how it generates, see `PosePrediction`.
    """

    progress = ("loss_frames",)

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
            A dictionary of scalars: `loss_frames`, mean over this replica's clips, and the norm of
            the gradient of the whole batch.
        """
        motion, label = data
        variables = self._trained("encoder", "predictor", "decoder")
        with tf.GradientTape() as tape:
            poses, codes = self.encode(motion)
            loss = self.frames_loss(poses, codes[:, 0], self.predict_codes(codes, label))
            total = loss / tf.distribute.get_strategy().num_replicas_in_sync
        results = {"loss_frames": loss}
        self._apply("all", tape.gradient(total, variables), variables, results)
        return results
