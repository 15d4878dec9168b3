"""What E2E, EPVA and adv-EPVA share: all but their losses."""

import tensorflow as tf

from sagcn_tf.models.baselines.code_predictor import CodePredictor
from sagcn_tf.models.baselines.pose_encoder import HIDDEN, PoseEncoder
from sagcn_tf.models.baselines.start_frames import StartFrames
from sagcn_tf.models.baselines.visual_analogy_decoder import VisualAnalogyDecoder
from sagcn_tf.models.motion_model import MotionModel

# What a random number of a training step is for; folded into its seed.
_ENCODER, _FIRST_POSE, _DECODER, _DECODER_TOO, _NOISE = range(5)
MIXTURE = 5
# And one of a generated row.
_START, _START_NOISE, _ROW_NOISE = range(3)
_KEPT_BY_ENCODER, _KEPT_BY_DECODER = 0.65, 0.9
_LARGEST_NORM = 1.0
_NOISE_DIM = 100
_ROWS_AT_ONCE = 16
_CONTEXT = {"real1": 1, "real5": 5, "noise": 1}


class PosePrediction(MotionModel):
    """Prediction of codes, after Wichers et al. 2018 (ICML): encoder, predictor and decoder.

    Frames become codes, an LSTM predicts code after code, and a decoder draws each predicted code
    with the help of frame 0. Of images the original makes images; here poses become poses, and the
    class takes the place of a robot's action.

    A generated clip begins with the frames that it starts from (`config.start`): one real frame of
    a training clip of the class, five in a row, or a pose of white noise. Training gives the
    predictor as many real frames as generation starts from (the original: five), one where that is
    noise; networks that had seen five frames would else have to go on from one.

    Args:
        config: a `Config`.
        num_classes: C.
        skeleton: the `Skeleton` of N joints.
        dimensions: D, coordinates of a joint. Default 2.
        for_training: False: only the networks that sampling needs. Default True.

    Attributes:
        given_frames: how many frames at the beginning of a generated clip are not predicted.
    """

    sampled = ("encoder", "predictor", "decoder")
    _purposes = 6
    # Whether codes have length 1, and the predictor takes noise.
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
        """Keeps the frames of training clips that generation starts from."""
        if "start_frames" in self.networks:
            self.start_frames.fill(data, self.config.frames, self.config.seed)

    def _trained(self, *names):
        return [v for name in names for v in self.networks[name].trainable_variables]

    def dropout_factors(self, purpose, batch, shape, kept):
        """`[batch, *shape]`: 0, or 1 / `kept` with probability `kept`, drawn for this step."""
        drawn = self._draw(purpose, batch, shape, normal=False)
        return tf.cast(drawn < kept, tf.float32) / kept

    def encode(self, motion):
        """Poses `[batch, T, V]` and their codes `[batch, T, 64]`, with dropout."""
        frames, (joints, dimensions) = self.config.frames, self.pose_shape
        poses = tf.reshape(motion, [-1, frames, joints * dimensions])  # [batch, T, V]
        shape = [frames, HIDDEN]
        factors = self.dropout_factors(_ENCODER, tf.shape(motion)[0], shape, _KEPT_BY_ENCODER)
        return poses, self.encoder(poses, factors)

    def predict_codes(self, codes, label):
        """Codes of the frames 1 to T - 1, `[batch, T - 1, 64]`, from the first true ones."""
        shape = [self.config.frames - 1, self.noise_dim]
        noise = self._draw(_NOISE, tf.shape(label)[0], shape)
        return self.predictor(codes[:, : self.given_frames], label, noise)

    def frames_loss(self, poses, first_code, codes):
        """Mean squared error of what is drawn from codes `[batch, T - 1, 64]`, with dropout."""
        batch, each_frame = tf.shape(poses)[0], [self.config.frames - 1, HIDDEN]
        shapes = {_FIRST_POSE: [HIDDEN], _DECODER: each_frame, _DECODER_TOO: each_frame}
        factors = [
            self.dropout_factors(purpose, batch, shape, _KEPT_BY_DECODER)
            for purpose, shape in shapes.items()
        ]
        drawn = self.decoder(poses[:, 0], first_code, codes, factors)
        return tf.reduce_mean(tf.square(drawn - poses[:, 1:]))

    def _apply(self, name, gradients, variables, results):
        """An update; the gradient of the whole batch is clipped to a norm of 1."""
        # Keras would clip what each replica adds to the gradient, before it is summed.
        whole = tf.distribute.get_replica_context().all_reduce("SUM", gradients)
        norm = tf.linalg.global_norm(whole)
        results[f"{name}/gradient_norm"] = norm
        share = _LARGEST_NORM / tf.maximum(norm, _LARGEST_NORM)
        self.optimizers[name].apply([share * gradient for gradient in gradients], variables)

    def _given(self, label, seed):
        """The frames that generated clips begin with, `[batch, given_frames, N, D]`."""
        if self.config.start == "noise":
            return self._row_noise(seed, [1, *self.pose_shape], _START_NOISE)
        return self.start_frames(label, self._row_noise(seed, [2], _START, normal=False))

    def sample(self, label, seed):
        """As of every system.

        The bits of single numbers of a row, such as the variance of a layer, depend on whether
        they fill a vector of the processor: rows are computed 16 at a time.
        """
        batch = tf.shape(seed)[0]
        beyond = -batch % _ROWS_AT_ONCE
        outputs = super().sample(tf.pad(label, [[0, beyond], [0, 0]]), tf.pad(seed, [[0, beyond]]))
        return {name: output[:batch] for name, output in outputs.items()}

    def _motion(self, label, seed, clips):
        frames, (joints, dimensions) = self.config.frames, self.pose_shape
        given = self._given(label, seed)
        poses = tf.reshape(given, [-1, self.given_frames, joints * dimensions])  # [batch, t, V]
        codes = self.encoder(poses)
        noise = self._row_noise(seed, [frames - 1, self.noise_dim], _ROW_NOISE)
        predicted = self.predictor(codes, label, noise)  # [batch, T - 1, 64]
        drawn = self.decoder(poses[:, 0], codes[:, 0], predicted)[:, self.given_frames - 1 :]
        drawn = tf.reshape(drawn, [-1, frames - self.given_frames, joints, dimensions])
        return {"motion": tf.concat([given, drawn], axis=1)}
