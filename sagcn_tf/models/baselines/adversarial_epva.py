"""adv-EPVA: EPVA with a critic of its codes."""

import keras
import tensorflow as tf

from sagcn_tf.models.baselines.code_critic import CodeCritic
from sagcn_tf.models.baselines.pose_prediction import MIXTURE, PosePrediction

_CODES_WEIGHT = 10.0
_PENALTY_WEIGHT = 10.0
_CRITIC_STEPS = 5
CRITIC, PREDICTOR = "critic", "predictor"


@keras.saving.register_keras_serializable("sagcn_tf")
class AdversarialEPVA(PosePrediction):
    """EPVA with a Wasserstein critic that tells encoded from predicted sequences.

    Five steps train the critic, with a gradient penalty of weight 10. Then one step trains the
    other networks: the squared error of frames decoded from their codes trains encoder and decoder,
    and `mean(critic(enc) - critic(pred)) + 10 |enc_t - pred_t|^2` trains encoder and predictor.
    Codes have length 1, and the predictor receives noise at each frame. A predicted sequence begins
    with the code of a real frame.

    For the arguments see `MotionModel`, and for sampling `PosePrediction`.

    References:
        - [Wichers et al., 2018](https://arxiv.org/abs/1806.04768)
        - [Gulrajani et al., 2017](https://arxiv.org/abs/1704.00028), for the critic
    """

    adversarial = True
    progress = ("critic/loss", "loss_frames", "loss_codes")
    results = (
        "critic/loss",
        "critic/penalty",
        "critic/gradient_norm",
        "loss_frames",
        "loss_codes",
        "predictor/loss",
        "predictor/gradient_norm",
        "decoder/gradient_norm",
    )

    def __init__(self, config, num_classes, skeleton, dimensions=2, for_training=True, **kwargs):
        super().__init__(config, num_classes, skeleton, dimensions, for_training, **kwargs)
        if for_training:
            self.critic = CodeCritic(config.frames)
            self.networks["critic"] = self.critic

    def trained_variables(self):
        """Returns three groups: critic, encoder with predictor, and encoder with decoder."""
        return {
            "critic": self._trained("critic"),
            "predictor": self._trained("encoder", "predictor"),
            "decoder": self._trained("encoder", "decoder"),
        }

    def stage_at(self, step):
        """Returns `"critic"` for five of six steps, then `"predictor"`."""
        return PREDICTOR if step % (_CRITIC_STEPS + 1) == _CRITIC_STEPS else CRITIC

    def update(self, data):
        """Runs one step of the current `stage`, or all six steps if it is None, as in `fit`.

        Args:
            data: Standardized motion `[batch, T, N, D]` and label `[batch, C]`, this replica's
                share of the batch.

        Returns:
            A dictionary of scalars. The critic's step gives `critic/loss`, the negative of its
            estimated distance between encoded and predicted sequences, and `critic/penalty`. The
            other step gives `loss_frames`, `loss_codes` and `predictor/loss`, that distance. Losses
            are averaged over this replica's clips; norms are those of the gradients of the whole
            batch.
        """
        if self.stage == CRITIC:
            return self._critic_step(*data)
        if self.stage == PREDICTOR:
            return self._predictor_step(*data)
        results = {}
        for _ in range(_CRITIC_STEPS if self.learning else 1):
            results.update(self._critic_step(*data))
        return {**results, **self._predictor_step(*data)}

    def _critic_step(self, motion, label):
        _, codes = self.encode(motion)
        real, fake = self._sequences(codes, self.predict_codes(codes, label))
        share = self._draw(MIXTURE, tf.shape(motion)[0], [1, 1], normal=False)
        mixture, variables = fake + share * (real - fake), self._trained("critic")
        with tf.GradientTape() as tape:
            loss = -self._distance(real, fake)
            penalty = self._penalty(mixture)
            total = loss + _PENALTY_WEIGHT * penalty
            total /= tf.distribute.get_strategy().num_replicas_in_sync
        results = {"critic/loss": loss, "critic/penalty": penalty}
        self._apply("critic", tape.gradient(total, variables), variables, results)
        return results

    def _distance(self, real, fake):
        """Returns the mean score of encoded sequences minus that of predicted ones."""
        scores = self.critic(tf.concat([real, fake], axis=0))  # [2 batch]
        real, fake = tf.split(scores, 2)
        return tf.reduce_mean(real) - tf.reduce_mean(fake)

    def _penalty(self, sequence):
        """Returns the gradient penalty: mean squared deviation of the gradient's norm from 1."""
        with tf.GradientTape() as tape:
            tape.watch(sequence)
            total = tf.reduce_sum(self.critic(sequence))
        squares = tf.reduce_sum(tf.square(tape.gradient(total, sequence)), axis=[1, 2])
        # The gradient of the square root is infinite at 0.
        return tf.reduce_mean(tf.square(tf.sqrt(squares + 1e-10) - 1))

    def _predictor_step(self, motion, label):
        groups = {
            "predictor": self._trained("encoder", "predictor"),
            "decoder": self._trained("encoder", "decoder"),
        }
        replicas = tf.distribute.get_strategy().num_replicas_in_sync
        with tf.GradientTape(persistent=True) as tape:
            poses, codes = self.encode(motion)
            predicted = self.predict_codes(codes, label)
            frames_loss = self.frames_loss(poses, codes[:, 0], codes[:, 1:])
            codes_loss = tf.reduce_mean(tf.square(codes[:, 1:] - predicted))
            real, fake = self._sequences(codes, predicted)
            loss = self._distance(real, fake)
            totals = {
                "predictor": (loss + _CODES_WEIGHT * codes_loss) / replicas,
                "decoder": frames_loss / replicas,
            }
        results = {
            "loss_frames": frames_loss,
            "loss_codes": codes_loss,
            "predictor/loss": loss,
        }
        gradients = {name: tape.gradient(totals[name], groups[name]) for name in groups}
        for name, variables in groups.items():
            self._apply(name, gradients[name], variables, results)
        return results

    def _sequences(self, codes, predicted):
        """Returns the critic's inputs of encoded and of predicted clips, `[batch, T, 576]`."""
        predicted = tf.concat([codes[:, :1], predicted], axis=1)  # [batch, T, 64]
        pairs = ((one, *self.decoder.code_features(one)) for one in (codes, predicted))
        return [tf.concat(parts, axis=-1) for parts in pairs]
