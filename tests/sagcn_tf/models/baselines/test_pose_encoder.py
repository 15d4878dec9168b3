import numpy as np

from sagcn_tf.models.baselines.pose_encoder import CODE, HIDDEN, PoseEncoder

POSES = np.random.default_rng(0).normal(size=[2, 3, 10]).astype(np.float32)


def test_every_pose_has_a_code_of_its_own():
    codes = PoseEncoder(10)(POSES).numpy()

    assert codes.shape == (2, 3, CODE)
    assert len(np.unique(codes.reshape(6, CODE), axis=0)) == 6


def test_normalized_codes_have_length_1():
    codes = PoseEncoder(10, normalized=True)(POSES)

    np.testing.assert_allclose(np.linalg.norm(codes, axis=-1), 1, atol=1e-5)


def test_dropout_silences_hidden_units():
    encoder = PoseEncoder(10)

    silent = encoder(POSES, np.zeros([2, 3, HIDDEN], np.float32))

    np.testing.assert_array_equal(silent, np.broadcast_to(encoder.code.bias, silent.shape))
    np.testing.assert_array_equal(encoder(POSES, np.ones_like(silent[..., :1])), encoder(POSES))
