"""Base class of E2E, EPVA and adv-EPVA: everything but their losses."""

import tensorflow as tf

from sagcn_tf.models.baselines.code_predictor import CodePredictor
from sagcn_tf.models.baselines.pose_encoder import HIDDEN, PoseEncoder
from sagcn_tf.models.baselines.start_frames import StartFrames
from sagcn_tf.models.baselines.visual_analogy_decoder import VisualAnalogyDecoder
from sagcn_tf.models.motion_model import MotionModel

# Kinds of random numbers in a training step, folded into their seeds.
_ENCODER, _FIRST_POSE, _DECODER, _DECODER_TOO, _NOISE = range(5)
MIXTURE = 5
# Kinds of random numbers of a generated row.
_START, _START_NOISE, _ROW_NOISE = range(3)
_KEPT_BY_ENCODER, _KEPT_BY_DECODER = 0.65, 0.9
_LARGEST_NORM = 1.0
_NOISE_DIM = 100
_ROWS_AT_ONCE = 16
_CONTEXT = {"real1": 1, "real5": 5, "noise": 1}


class PosePrediction(MotionModel):
    """Base class for prediction of codes with an encoder, a predictor and a decoder.

    The encoder maps frames to codes, LSTMs predict one code after the other, and the decoder maps
    each predicted code to a frame with the help of frame 0. The original predicts images; here,
    frames are poses, and the class takes the place of a robot's action.

    A generated clip begins with its start frames (`config.start`): one real frame of a training
    clip of the class, five consecutive ones, or a pose of white noise. In training, the predictor
    receives as many real frames as in generation (one for noise; five in the original). Otherwise,
    networks trained with five frames would have to continue from one.

    For the arguments see `MotionModel`.

    Attributes:
        given_frames: Number of frames at the start of a generated clip that are not predicted.

    References:
        - [Wichers et al., 2018](https://arxiv.org/abs/1806.04768)
    """

    sampled = ("encoder", "predictor", "decoder")
    _purposes = 6
    # Whether codes have length 1 and the predictor receives noise.
    adversarial = False

    def __init__(self, config, num_classes, skeleton, dimensions=2, for_training=True, **kwargs):
        super().__init__(config, num_classes, skeleton, dimensions, for_training, **kwargs)
        joints, dimensions = self.pose_shape
        self.given_frames = min(_CONTEXT[config.start], config.frames - 1)
        self.encoder = PoseEncoder(joints * dimensions, self.adversarial)
        self.noise_dim = _NOISE_DIM if self.adversarial else 0
        self.predictor = CodePredictor(config.frames, num_classes, self.adversarial, self.noise_dim)
        self.decoder = VisualAnalogyDecoder(joints, dimensions)
        self.networks["encoder"] = self.encoder
        self.networks["predictor"] = self.predictor
        self.networks["decoder"] = self.decoder
        if config.start != "noise":
            self.start_frames = StartFrames(num_classes, self.given_frames, self.pose_shape)
            self.networks["start_frames"] = self.start_frames
            self.sampled = (*self.sampled, "start_frames")
        self.built = True

    def adapt(self, data):
        """Stores the frames of training clips that generation starts from."""
        if "start_frames" in self.networks:
            self.start_frames.fill(data, self.config.frames, self.config.seed)

    def _trained(self, *names):
        return [v for name in names for v in self.networks[name].trainable_variables]

    def dropout_mask(self, purpose, batch, shape, kept):
        """Draws a dropout mask `[batch, *shape]`: 1 / `kept` with probability `kept`, else 0.

        While `learning` is False, the mask is 1 everywhere.
        """
        if not self.learning:
            return tf.ones([batch, *shape])
        drawn = self._draw(purpose, batch, shape, normal=False)
        return tf.cast(drawn < kept, tf.float32) / kept

    def encode(self, motion):
        """Returns the poses `[batch, T, V]` and, with dropout, their codes `[batch, T, 64]`."""
        frames, (joints, dimensions) = self.config.frames, self.pose_shape
        poses = tf.reshape(motion, [-1, frames, joints * dimensions])  # [batch, T, V]
        shape = [frames, HIDDEN]
        mask = self.dropout_mask(_ENCODER, tf.shape(motion)[0], shape, _KEPT_BY_ENCODER)
        return poses, self.encoder(poses, mask)

    def predict_codes(self, codes, label):
        """Predicts the codes of frames 1 to T - 1, `[batch, T - 1, 64]`, from the first codes."""
        shape = [self.config.frames - 1, self.noise_dim]
        noise = self._draw(_NOISE, tf.shape(label)[0], shape)
        return self.predictor(codes[:, : self.given_frames], label, noise)

    def frames_loss(self, poses, first_code, codes):
        """Returns the mean squared error of frames decoded, with dropout, from codes 1 to T - 1."""
        batch, each_frame = tf.shape(poses)[0], [self.config.frames - 1, HIDDEN]
        shapes = {_FIRST_POSE: [HIDDEN], _DECODER: each_frame, _DECODER_TOO: each_frame}
        masks = [
            self.dropout_mask(purpose, batch, shape, _KEPT_BY_DECODER)
            for purpose, shape in shapes.items()
        ]
        decoded = self.decoder(poses[:, 0], first_code, codes, masks)
        return tf.reduce_mean(tf.square(decoded - poses[:, 1:]))

    def _apply(self, name, gradients, variables, results):
        """Applies the gradients, clipped so that the norm over the whole batch is at most 1."""
        # Keras would clip the gradient of each replica before the sum.
        whole = tf.distribute.get_replica_context().all_reduce("SUM", gradients)
        norm = tf.linalg.global_norm(whole)
        results[f"{name}/gradient_norm"] = norm
        share = _LARGEST_NORM / tf.maximum(norm, _LARGEST_NORM)
        self._apply_gradients(name, [share * gradient for gradient in gradients], variables)

    def _given(self, label, seed):
        """Returns the start frames of generated clips, `[batch, given_frames, N, D]`."""
        if self.config.start == "noise":
            return self._row_noise(seed, [1, *self.pose_shape], _START_NOISE)
        return self.start_frames(label, self._row_noise(seed, [2], _START, normal=False))

    def sample(self, label, seed):
        """Generates motion as in the base class, in multiples of 16 rows.

        Otherwise, the bits of a row's scalars, such as the variance in layer normalization, would
        depend on whether the batch fills the vector registers of the processor.
        """
        batch = tf.shape(seed)[0]
        padding = -batch % _ROWS_AT_ONCE
        outputs = super().sample(
            tf.pad(label, [[0, padding], [0, 0]]), tf.pad(seed, [[0, padding]])
        )
        return {name: output[:batch] for name, output in outputs.items()}

    def _motion(self, label, seed, clips):
        frames, (joints, dimensions) = self.config.frames, self.pose_shape
        given = self._given(label, seed)
        poses = tf.reshape(given, [-1, self.given_frames, joints * dimensions])  # [batch, t, V]
        codes = self.encoder(poses)
        noise = self._row_noise(seed, [frames - 1, self.noise_dim], _ROW_NOISE)
        predicted = self.predictor(codes, label, noise)  # [batch, T - 1, 64]
        decoded = self.decoder(poses[:, 0], codes[:, 0], predicted)[:, self.given_frames - 1 :]
        decoded = tf.reshape(decoded, [-1, frames - self.given_frames, joints, dimensions])
        return {"motion": tf.concat([given, decoded], axis=1)}
