import numpy as np
import pytest
import tensorflow as tf

from sagcn_tf import runs
from tests import dense_reference
from tests.layer_checks import randomize_weights
from tests.rounding import assert_same_clips
from tests.small_data import CLASS_NAMES, FRAMES, SKELETON, small_config, small_data

CLASSES = len(CLASS_NAMES)


@pytest.fixture(scope="module", params=["paper", "tuned"])
def sampler(request):
    """A model whose averaged generator has weights of its own."""
    data = small_data()
    model = runs.new_model(small_config(request.param), data)
    randomize_weights(model.average_generator, np.random.default_rng(7))
    model.adapt(data)
    return model


LABEL = np.eye(CLASSES, dtype=np.float32)[[0, 1, 2, 1, 0]]
SEED = np.array([5, 5, 6, 2**31 - 1, 0], np.int32)


def test_a_class_and_a_seed_give_one_motion_whatever_stands_beside_them(sampler):
    together = sampler.generate(LABEL, SEED).numpy()
    assert together.shape == (5, FRAMES, SKELETON.num_joints, 2)

    for row in range(len(SEED)):
        alone = sampler.generate(LABEL[row : row + 1], SEED[row : row + 1])
        np.testing.assert_allclose(alone[0], together[row], atol=1e-5)
    order = np.array([3, 0, 4, 4, 1, 2, 0])
    np.testing.assert_allclose(
        sampler.generate(LABEL[order], SEED[order]), together[order], atol=1e-5
    )


def test_a_motion_does_not_depend_on_the_size_of_the_batch(sampler):
    label, seed = np.tile(LABEL, (13, 1)), np.arange(65, dtype=np.int32)
    large = sampler.attend(label, seed)

    for batch in (1, 2, 3, 5, 7, 64):
        outputs = sampler.attend(label[:batch], seed[:batch])
        np.testing.assert_array_equal(outputs["kept"], large["kept"][:batch])
        for name in ("motion", "attention"):
            assert_same_clips(outputs[name], large[name][:batch])


def test_other_seeds_and_other_classes_give_other_motions(sampler):
    motion = sampler.generate(LABEL, SEED).numpy()

    by_class = sampler.generate(np.roll(LABEL, 1, axis=1), SEED).numpy()
    by_seed = sampler.generate(LABEL, SEED - 1).numpy()

    for other in (by_class, by_seed):
        assert np.abs(other - motion).max(axis=(1, 2, 3)).min() > 1e-2


def test_a_blend_of_classes_is_a_class_too(sampler):
    blend = np.array([[0.5, 0.5, 0.0]], np.float32)
    ends = sampler.generate(LABEL[:2], SEED[:2]).numpy()

    motion = sampler.generate(blend, SEED[:1]).numpy()

    assert np.isfinite(motion).all()
    assert np.abs(motion - ends).max(axis=(1, 2, 3)).min() > 1e-3


def test_a_transition_moves_evenly_from_one_label_to_the_other(sampler):
    label_from, label_to, seed = LABEL[:3], LABEL[1:4], SEED[:3]

    motion = sampler.transition(label_from, label_to, seed).numpy()

    share = np.linspace(0, 1, FRAMES, dtype=np.float32)[:, None]
    label = np.stack(
        [(1 - share) * a + share * b for a, b in zip(label_from, label_to, strict=True)]
    )
    shape = sampler.average_generator.noise_shape
    noise = [tf.random.stateless_normal(shape, [number, 0], alg="philox") for number in seed]
    expected = sampler.average_generator((np.stack(noise), label))
    np.testing.assert_allclose(motion, expected, atol=1e-4)
    start, end = sampler.generate(label_from, seed), sampler.generate(label_to, seed)
    np.testing.assert_allclose(motion[:, 0], start[:, 0], atol=1e-4)
    assert np.abs(motion - start).max(axis=(1, 2, 3)).min() > 1e-2
    assert np.abs(motion - end).max(axis=(1, 2, 3)).min() > 1e-2


def test_a_transition_from_a_class_to_itself_is_that_class(sampler):
    motion = sampler.transition(LABEL, LABEL, SEED)

    np.testing.assert_allclose(motion, sampler.generate(LABEL, SEED), atol=1e-4)


def test_the_averaged_generator_is_sampled(sampler):
    before = sampler.generate(LABEL, SEED).numpy()
    weights = sampler.generator.get_weights()

    sampler.generator.set_weights([weight + 1 for weight in weights])

    np.testing.assert_array_equal(sampler.generate(LABEL, SEED), before)
    sampler.generator.set_weights(weights)


def test_attention_comes_with_the_frames_that_pruning_keeps(sampler):
    outputs = sampler.attend(LABEL, SEED)

    np.testing.assert_array_equal(outputs["motion"], sampler.generate(LABEL, SEED))
    top_k, lead = sampler.config.top_k, getattr(sampler.generator, "lead", 0)
    for attention, kept in zip(outputs["attention"].numpy(), outputs["kept"].numpy(), strict=True):
        sums = attention.sum(axis=1)
        assert np.all(sums < 1 + 1e-5)
        if not lead:  # otherwise frames before the clip have the rest
            np.testing.assert_allclose(sums, 1, atol=1e-5)
        assert np.all(np.triu(attention, 1) == 0)
        for row, best in zip(
            kept.tolist(), dense_reference.kept_frames(attention, top_k), strict=True
        ):
            found = [frame for frame in row if frame >= 0]
            assert found == best[: len(found)] and len(row) == top_k + 1
            assert len(found) == len(best) or (lead and len(found) < len(best))
