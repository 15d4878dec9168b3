"""The ablations of table 4, which replace the structure-aware graph convolutions."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from sagcn_tf import runs
from sagcn_tf.models.paper.generator import Generator
from tests.small_data import (
    CLASS_NAMES,
    FRAMES,
    SKELETON,
    batch_of_clips,
    small_config,
    small_data,
)
from tests.systems import VARIANTS

CLASSES = len(CLASS_NAMES)
TYPES = ("full", "cnn", "cnn3", "stgc")
# Wide enough that some units of each layer are active for any weights.
FILTERS = (8, 12, 12, 16, 16)


def make_generator(gc_type, **overrides):
    keras.utils.set_random_seed(0)
    config = small_config(gc_type=gc_type, filters=FILTERS, **overrides)
    return Generator(config, CLASSES, SKELETON)


def make_inputs(seed=0):
    noise = np.random.default_rng(seed).normal(size=[2, FRAMES, 6]).astype(np.float32)
    return noise, np.eye(CLASSES, dtype=np.float32)[:2]


@pytest.fixture(scope="module")
def sagcn():
    return make_generator("sagc")


@pytest.mark.parametrize("gc_type", TYPES)
def test_attention_and_kept_frames_are_those_of_sa_gcn(sagcn, gc_type):
    """The attention still refines the coordinates; only the graph differs."""
    generator = make_generator(gc_type)
    shared = len(sagcn.weights) - len(sagcn.refinement.graph_convolution.weights)
    for target, source in zip(generator.weights[:shared], sagcn.weights[:shared], strict=True):
        target.assign(source)
    outputs = generator(make_inputs(), return_attention=True)
    expected = sagcn(make_inputs(), return_attention=True)
    np.testing.assert_array_equal(outputs["attention"], expected["attention"])
    np.testing.assert_array_equal(outputs["kept"], expected["kept"])
    assert outputs["motion"].shape == expected["motion"].shape
    assert np.abs(outputs["motion"] - expected["motion"]).max() > 1e-4


@pytest.mark.parametrize(("gc_type", "before"), [("cnn", 0), ("cnn3", 5), ("stgc", 7)])
def test_how_many_earlier_frames_see_the_noise_of_a_frame(gc_type, before):
    """Without convolutions over time the generator is causal; five of three frames reach five."""
    generator = make_generator(gc_type)
    for weight in generator.weights:
        if weight.name == "bias":  # otherwise some ReLU is inactive everywhere
            weight.assign(weight + 0.3)
    noise, label = make_inputs()
    moved = noise.copy()
    moved[:, FRAMES - 1] += 1.0
    change = np.abs(generator((moved, label)).numpy() - generator((noise, label)).numpy())
    expected = np.arange(FRAMES) >= FRAMES - 1 - before
    np.testing.assert_array_equal(change.max(axis=(0, 2, 3)) > 1e-6, expected)


def test_the_center_of_the_skeleton_reaches_st_gc():
    assert make_generator("stgc").refinement.graph_convolution.center == SKELETON.center != 0


@pytest.mark.parametrize("gc_type", ["full", "stgc"])
def test_clips_too_long_for_whole_matrices_are_computed_too(gc_type):
    generator = make_generator(gc_type, frames=100)
    noise = np.random.default_rng(0).normal(size=[1, 100, 6]).astype(np.float32)
    outputs = generator((noise, make_inputs()[1][:1]), return_attention=True)
    assert np.isfinite(outputs["motion"]).all()
    assert outputs["attention"].shape == (1, 100, 100) and outputs["kept"].shape == (1, 100, 4)


@pytest.fixture(scope="module", params=[("paper", "stgc"), *(("tuned", key) for key in VARIANTS)])
def trained(request):
    """A model after one step, its weights before, and the results of the step."""
    preset, key = request.param
    settings = {"filters": FILTERS, "mixed_precision": key == "stgc", "ema_decay": 0.5}
    config = small_config(preset, **settings, **VARIANTS[key])
    model = runs.new_model(config, small_data())
    model.compile()
    before = model.generator.get_weights()
    return model, before, model.update(tuple(map(tf.constant, batch_of_clips())))


def sample(model):
    return model.sample(np.eye(CLASSES, dtype=np.float32), np.arange(CLASSES, dtype=np.int32))


def test_a_training_step_is_finite_and_moves_every_weight_that_matters(trained):
    model, before, results = trained
    assert all(np.isfinite(value) for value in results.values())
    for weight, old in zip(model.generator.weights, before, strict=True):
        assert np.isfinite(weight.numpy()).all(), weight.path
        # While gamma is 0, where it starts, attention has no gradient.
        still = "attention" in weight.path and weight.name != "gamma"
        if not still and "joints_from_bones" not in weight.path:
            assert not np.array_equal(weight, old), weight.path


@pytest.mark.parametrize("trained", [("paper", "stgc"), ("tuned", "stgc")], indirect=True)
def test_statistics_are_moved_by_training_and_not_by_the_optimizer(trained):
    generator = trained[0].generator
    statistics = {id(weight) for weight in generator.weights if "moving" in weight.name}
    assert len(statistics) == 2 * (5 * 2 + 2)  # two residuals are projected
    assert not statistics & {id(weight) for weight in generator.trainable_variables}
    layer = generator.refinement.graph_convolution
    assert len(layer.trainable_variables) + len(statistics) == len(layer.weights)


def test_sampling_takes_the_averaged_statistics_and_moves_nothing(trained):
    model, before, _ = trained
    motion = sample(model)["motion"]
    assert np.isfinite(motion).all() and np.std(motion, axis=0).max() > 1e-3
    share = 9 / 11  # of the new weights after the first step
    pairs = zip(model.average_generator.weights, model.generator.weights, before, strict=True)
    for average, weight, old in pairs:
        assert average.name == weight.name
        expected = old + share * (weight.numpy() - old)
        np.testing.assert_allclose(average, expected, rtol=1e-5, atol=1e-6, err_msg=weight.path)
