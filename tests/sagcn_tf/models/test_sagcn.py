import functools

import keras
import numpy as np
import pytest
import tensorflow as tf

from sagcn_tf import runs
from sagcn_tf.data.input_pipeline import training_batches
from sagcn_tf.models.paper.frame_discriminator import FrameDiscriminator
from sagcn_tf.models.paper.generator import Generator
from sagcn_tf.models.tuned.frame_set_critic import FrameSetCritic
from sagcn_tf.models.tuned.generator import TunedGenerator
from tests.equation_1 import NETWORKS, equation_1
from tests.layer_checks import randomize_weights
from tests.small_data import (
    CLASS_NAMES,
    FRAMES,
    SKELETON,
    batch_of_clips,
    small_config,
    small_data,
)

CLASSES = len(CLASS_NAMES)
# The generator and D_F of each preset, whose calls reveal what a step draws.
CLASSES_OF = {
    "paper": (Generator, FrameDiscriminator),
    "authors": (Generator, FrameDiscriminator),
    "tuned": (TunedGenerator, FrameSetCritic),
}


@pytest.fixture(params=["paper", "tuned"])
def preset(request):
    return request.param


@functools.cache
def _compiled(preset, dimensions, **overrides):
    """A model, its configuration, and its optimizers as they were created: `{name: state}`."""
    config = small_config(preset, ema_decay=0.9, **overrides)
    model = runs.new_model(config, small_data(dimensions))
    model.compile()
    states = {name: [v.numpy() for v in one.variables] for name, one in model.optimizers.items()}
    return model, config, dict(model.optimizers), states


def make_model(preset, seed=0, dimensions=2, **overrides):
    """A model whose gates and biases are open, so that no gradient vanishes.

    It is created once for all tests, and starts anew in each call.
    """
    model, model.config, optimizers, states = _compiled(preset, dimensions, **overrides)
    model.optimizers = dict(optimizers)
    for name, values in states.items():
        for variable, value in zip(optimizers[name].variables, values, strict=True):
            variable.assign(value)
    for number, name in enumerate(NETWORKS.values()):
        randomize_weights(getattr(model, name), np.random.default_rng([seed, number]))
    model.adapt(small_data(dimensions))
    model.average_generator.set_weights(model.generator.get_weights())
    return model


def use_gradient_descent(model, learning_rate):
    """Replaces Adam, so that the change of a weight in a step reveals its gradient."""
    for name, network in NETWORKS.items():
        optimizer = keras.optimizers.SGD(learning_rate)
        optimizer.build(getattr(model, network).trainable_variables)
        model.optimizers[name] = optimizer


@pytest.fixture
def calls(monkeypatch, preset):
    """Inputs and outputs of all calls of the generator and D_F: {"G" or "D_F": [(in, out)]}."""
    recorded = {"G": [], "D_F": []}

    def record(name, network_class):
        call = network_class.call

        @functools.wraps(call)  # Keras reads the arguments of `call`
        def recording(self, inputs, *args, **kwargs):
            outputs = call(self, inputs, *args, **kwargs)
            recorded[name].append((inputs, outputs))
            return outputs

        monkeypatch.setattr(network_class, "call", recording)

    for name, network_class in zip(recorded, CLASSES_OF[preset], strict=True):
        record(name, network_class)
    return recorded


def forget(calls):
    """Forgets the calls that created the weights."""
    for recorded in calls.values():
        recorded.clear()


def picked_numbers(calls, motion, fake):
    """Frames of the real and of the fake clips that D_F saw in the last step, `[batch, k]` each.

    It sees real and fake frames in two calls, or together in one.
    """
    frames = np.concatenate([np.asarray(inputs[0]) for inputs, _ in calls["D_F"]])
    pairs = zip(np.split(frames[-2 * len(motion) :], 2), (motion, fake), strict=True)
    return [_numbers(np.asarray(clips), seen) for seen, clips in pairs]


def _numbers(motion, frames):
    """Indices of the picked frames `[batch, k, ...]` in each clip `[batch, T, ...]`."""
    differences = np.abs(frames[:, :, None] - motion[:, None])
    distances = differences.max(axis=(3, 4))  # [batch, k, T]
    assert distances.min(axis=2).max() < 1e-6
    return distances.argmin(axis=2)


def trained_weights(model):
    """The trained weights of each network, by its attribute."""
    return {
        name: [weight.numpy() for weight in getattr(model, name).trainable_variables]
        for name in NETWORKS.values()
    }


@pytest.mark.parametrize("preset", CLASSES_OF)
def test_a_step_follows_the_gradients_of_equation_1_at_the_weights_before_it(preset, calls):
    overrides = {"loss": "minimax"} if preset == "paper" else {}  # `authors` has the other loss
    model = make_model(preset, **overrides)
    learning_rate = 0.5
    use_gradient_descent(model, learning_rate)
    before = trained_weights(model)
    average_before = model.average_generator.get_weights()
    motion, label = batch_of_clips(batch=5)  # two classes with two clips, one with one
    forget(calls)

    results = model.update((tf.constant(motion), tf.constant(label)))

    after, average_after = trained_weights(model), model.average_generator.get_weights()
    generator_after = model.generator.get_weights()
    (((noise, _), fake),) = calls["G"]
    picks = picked_numbers(calls, motion, fake)
    for name, values in before.items():
        for weight, value in zip(getattr(model, name).trainable_variables, values, strict=True):
            weight.assign(value)
    losses, gradients = equation_1(model, noise, motion, label, *picks)
    for name, network in NETWORKS.items():
        norm = np.sqrt(sum(np.sum(np.square(gradient)) for gradient in gradients[name]))
        assert float(results[f"{name}/gradient_norm"]) == pytest.approx(norm, rel=1e-4)
        for old, new, gradient in zip(
            before[network], after[network], gradients[name], strict=True
        ):
            moved = (old - new) / learning_rate
            np.testing.assert_allclose(moved, gradient, rtol=1e-3, atol=1e-5 * norm + 1e-6)
    for name in ("D_V", "D_F"):
        expected = pytest.approx(float(losses[name]), rel=1e-4, abs=1e-6)
        assert float(results[f"{name}/loss"]) == expected
        expected = float(losses[f"G/{name}"])
        assert float(results[f"G/loss_{name}"]) == pytest.approx(expected, rel=1e-4)
        if preset == "tuned":
            expected = float(losses[f"{name}/penalty"])
            assert float(results[f"{name}/penalty"]) == pytest.approx(expected, rel=1e-4)
    decay = min(model.config.ema_decay, 2 / 11)  # in the first step
    for old, new, weight in zip(average_before, average_after, generator_after, strict=True):
        expected = decay * old + (1 - decay) * weight
        np.testing.assert_allclose(new, expected, rtol=1e-6, atol=1e-6)


def test_accuracies_count_clips_on_the_right_side_of_zero():
    model = make_model("paper")
    motion, label = batch_of_clips()
    for name, bias in (("sequence_discriminator", 100.0), ("frame_discriminator", -100.0)):
        getattr(model, name).logit.bias.assign([bias])

    results = model.update((tf.constant(motion), tf.constant(label)))

    for name, real, fake in (("D_V", 1.0, 0.0), ("D_F", 0.0, 1.0)):
        assert float(results[f"{name}/accuracy_real"]) == real
        assert float(results[f"{name}/accuracy_fake"]) == fake


def test_accuracies_of_the_relativistic_game_do_not_depend_on_where_its_logits_lie():
    accuracies = []
    for bias in (0.0, 100.0):
        model = make_model("tuned", seed=3)
        model.sequence_discriminator.logit.linear.bias.assign([bias])
        results = model.update(tuple(map(tf.constant, batch_of_clips(batch=8))))
        accuracies.append([float(results[f"D_V/accuracy_{side}"]) for side in ("real", "fake")])

    assert accuracies[0] == accuracies[1]
    assert min(accuracies[0]) > 0.0


def test_frames_and_noise_are_drawn_anew_for_each_clip_and_step(preset, calls):
    # With `H_in = S V` the frames of a clip may be equal, so that a frame does not tell its number.
    model = make_model(preset, **({"attention_residual": "gated"} if preset == "paper" else {}))
    motion, label = (tf.constant(part) for part in batch_of_clips(batch=64))
    forget(calls)
    picks = []

    for step in range(2):
        model.update((motion, label))
        picks += picked_numbers(calls, motion, calls["G"][step][1])

    noises = np.stack([inputs[0] for inputs, _ in calls["G"]])
    assert noises.shape == (2, 64, *model.generator.noise_shape)
    assert len(np.unique(noises)) > 0.99 * noises.size
    assert abs(noises.mean()) < 0.05 and abs(noises.std() - 1) < 0.05
    for numbers in picks:
        assert numbers.shape == (64, model.config.k_frame)
        assert all(len(set(row)) == len(row) for row in numbers)  # without replacement
        assert set(numbers.flat) == set(range(FRAMES))
        assert (np.diff(numbers, axis=1) < 0).any()  # unsorted
        assert len(np.unique(numbers, axis=0)) > 32  # each clip has its own
    for first, second in ((0, 1), (0, 2), (1, 3)):  # real and fake; one step and the next
        assert (picks[first] != picks[second]).any(axis=1).mean() > 0.9


def test_randomness_depends_on_the_seed_and_the_step_alone(preset, calls):
    batch = tuple(tf.constant(part) for part in batch_of_clips())
    model = make_model(preset)
    forget(calls)

    for seed in (0, 0, 1):
        model.config = small_config(preset, seed=seed)
        model.optimizers["G"].iterations.assign(0)
        model.update(batch)

    noises = [inputs[0].numpy() for inputs, _ in calls["G"]]
    np.testing.assert_array_equal(noises[0], noises[1])
    assert not np.isclose(noises[0], noises[2]).any()


def test_weights_begin_where_the_seed_says(preset):
    first, again, other = (
        runs.new_model(small_config(preset, seed=seed), small_data()) for seed in (3, 3, 4)
    )

    for one, two in zip(first.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_array_equal(one, two)
    kernels = [model.generator.projection.kernel.numpy() for model in (first, other)]
    assert not np.isclose(*kernels).any()


def test_adam_has_the_settings_of_the_configuration(preset):
    settings = {"learning_rate": 0.003, "beta_1": 0.25, "beta_2": 0.75, "decay_from": 1.0}
    model = make_model(preset, **settings)

    for name, network in NETWORKS.items():
        optimizer = model.optimizers[name]
        assert isinstance(optimizer, keras.optimizers.Adam)
        assert float(optimizer.learning_rate) == pytest.approx(0.003)
        assert (optimizer.beta_1, optimizer.beta_2) == (0.25, 0.75)
        trained = getattr(model, network).trainable_variables
        assert len(optimizer.variables) == 2 + 2 * len(trained)  # two moments per weight


def test_fit_takes_the_same_steps(preset):
    dataset = training_batches(small_data(), FRAMES, 4, seed=0)
    model = make_model(preset)
    use_gradient_descent(model, 1e-4)

    history = model.fit(dataset, steps_per_epoch=2, shuffle=False, verbose=0).history

    assert int(model.optimizers["G"].iterations) == 2
    fitted = model.get_weights()
    model = make_model(preset)
    use_gradient_descent(model, 1e-4)
    for batch in dataset.take(2):
        results = model.update(batch)
    assert history.keys() == results.keys()
    assert np.isfinite([values[0] for values in history.values()]).all()
    for one, two in zip(fitted, model.get_weights(), strict=True):
        np.testing.assert_allclose(one, two, atol=1e-5)


def test_mixed_precision_trains_in_bfloat16_and_samples_in_float32(preset):
    model = make_model(preset, mixed_precision=True)

    results = model.update(tuple(tf.constant(part) for part in batch_of_clips()))

    assert np.isfinite([float(value) for value in results.values()]).all()
    assert model.generator.rnn.compute_dtype == "bfloat16"
    assert model.average_generator.rnn.compute_dtype == "float32"
    variables = [*model.variables, *(v for o in model.optimizers.values() for v in o.variables)]
    assert {v.dtype for v in variables if "int" not in str(v.dtype)} == {"float32"}
    motion = model.generate(np.eye(CLASSES, dtype=np.float32), np.arange(CLASSES, dtype=np.int32))
    assert motion.dtype == tf.float32 and np.isfinite(motion).all()


def test_motion_may_have_three_coordinates(preset):
    model = make_model(preset, dimensions=3)

    results = model.update(tuple(tf.constant(part) for part in batch_of_clips(dimensions=3)))

    assert np.isfinite([float(value) for value in results.values()]).all()
    motion = model.generate(np.eye(CLASSES, dtype=np.float32), np.arange(CLASSES, dtype=np.int32))
    assert motion.shape == (CLASSES, FRAMES, SKELETON.num_joints, 3)
