import numpy as np
import pytest

from sagcn_tf.models.baselines.pose_encoder import CODE, HIDDEN
from sagcn_tf.models.baselines.visual_analogy_decoder import VisualAnalogyDecoder
from tests.layer_checks import randomize_weights

JOINTS, DIMENSIONS, FRAMES = 5, 2, 3
RNG = np.random.default_rng(0)
FIRST_POSE = RNG.normal(size=[4, JOINTS * DIMENSIONS]).astype(np.float32)
FIRST_CODE = RNG.normal(size=[4, CODE]).astype(np.float32)
CODES = RNG.normal(size=[4, FRAMES, CODE]).astype(np.float32)
INPUTS = (FIRST_POSE, FIRST_CODE, CODES)


@pytest.fixture
def decoder():
    decoder = VisualAnalogyDecoder(JOINTS, DIMENSIONS)
    randomize_weights(decoder, np.random.default_rng(1))
    return decoder


def dense(layer, inputs, relu=True):
    outputs = inputs @ layer.kernel.numpy() + layer.bias.numpy()
    return np.maximum(outputs, 0) if relu else outputs


def by_the_equation(decoder, first_pose, first_code, codes, dropout):
    """One frame after the other; `dropout` as the decoder takes it."""

    def f_e(code):
        return dense(decoder.code_maps[1], dense(decoder.code_maps[0], code))

    poses = []
    for frame in range(codes.shape[1]):
        f_x = dense(decoder.pose_maps[1], dense(decoder.pose_maps[0], first_pose) * dropout[0])
        analogy = np.concatenate(
            [
                dense(decoder.difference_map, f_x - f_e(first_code)),
                dense(decoder.code_map, f_e(codes[:, frame])),
            ],
            axis=-1,
        )
        for layer in decoder.analogy_maps:
            analogy = dense(layer, analogy)
        hidden = f_e(codes[:, frame]) + analogy
        for layer, factors in zip(decoder.decoder_maps, dropout[1:], strict=True):
            hidden = dense(layer, hidden) * factors[:, frame]
        mask = 1 / (1 + np.exp(-dense(decoder.mask, hidden, relu=False)))
        mask = mask[:, :, None].repeat(DIMENSIONS, axis=2).reshape(len(mask), -1)
        poses.append(mask * dense(decoder.pose, hidden, relu=False) + (1 - mask) * first_pose)
    return np.stack(poses, axis=1)


def test_a_pose_is_drawn_by_analogy(decoder):
    whole = [np.ones([4, HIDDEN]), *np.ones([2, 4, FRAMES, HIDDEN])]
    expected = by_the_equation(decoder, *INPUTS, whole)

    np.testing.assert_allclose(decoder(*INPUTS), expected, rtol=1e-3, atol=1e-3)


def test_dropout_of_each_hidden_layer(decoder):
    shapes = [4, HIDDEN], [4, FRAMES, HIDDEN], [4, FRAMES, HIDDEN]
    dropout = [np.float32(2 * RNG.integers(2, size=shape)) for shape in shapes]
    expected = by_the_equation(decoder, *INPUTS, dropout)

    np.testing.assert_allclose(decoder(*INPUTS, dropout), expected, rtol=1e-3, atol=1e-3)


def test_where_the_mask_is_0_a_joint_stays_as_it_is_in_frame_0(decoder):
    decoder.mask.kernel.assign(np.zeros([HIDDEN, JOINTS]))
    decoder.mask.bias.assign([-100.0, 100.0, -100.0, -100.0, -100.0])

    moved = (decoder(*INPUTS).numpy() != FIRST_POSE[:, None]).reshape([4, FRAMES, JOINTS, -1])

    assert moved[:, :, 1].all() and not np.delete(moved, 1, axis=2).any()
