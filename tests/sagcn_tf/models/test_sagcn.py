import functools

import keras
import numpy as np
import pytest
import tensorflow as tf

from sagcn_tf import runs
from sagcn_tf.input_pipeline import training_batches
from sagcn_tf.models import SAGCN, FrameDiscriminator, Generator
from tests import dense_reference
from tests.layer_checks import randomise_weights
from tests.small_data import (
    CLASS_NAMES,
    FRAMES,
    SKELETON,
    batch_of_clips,
    small_config,
    small_data,
)

CLASSES = len(CLASS_NAMES)
NETWORKS = {
    "G": "generator",
    "D_V": "sequence_discriminator",
    "D_F": "frame_discriminator",
}
PAPER = {}
TUNED = {
    "start_state": True,
    "relabel": True,
    "difference_scale": 3.0,
    "gradient_penalty": 2.0,
    "loss": "relativistic",
    "average": 0.9,
}
PENALISED = {"gradient_penalty": 2.0, "real_target": 1.0}


def make_model(seed=0, dimensions=2, **overrides):
    """A model whose gates and biases are open, so that no gradient vanishes."""
    model = SAGCN(small_config(**overrides), CLASSES, SKELETON, dimensions)
    for number, name in enumerate(NETWORKS.values()):
        randomise_weights(getattr(model, name), np.random.default_rng([seed, number]))
    model.average_generator.set_weights(model.generator.get_weights())
    model.compile()
    return model


def use_gradient_descent(model, learning_rate):
    """Replaces Adam: after a step, the change of a weight tells its gradient."""
    for name, network in NETWORKS.items():
        optimizer = keras.optimizers.SGD(learning_rate)
        optimizer.build(getattr(model, network).trainable_variables)
        model.optimizers[name] = optimizer


@pytest.fixture
def calls(monkeypatch):
    """What the generator and D_F were called with and gave: {class: [(inputs, outputs)]}."""
    recorded = {Generator: [], FrameDiscriminator: []}

    def record(network_class, call):
        @functools.wraps(call)  # Keras reads the arguments of `call`
        def recording(self, inputs, *args, **kwargs):
            outputs = call(self, inputs, *args, **kwargs)
            recorded[network_class].append((inputs, outputs))
            return outputs

        monkeypatch.setattr(network_class, "call", recording)

    for network_class in recorded:
        record(network_class, network_class.call)
    return recorded


def forget(calls):
    """Forgets the calls that built the networks."""
    for recorded in calls.values():
        recorded.clear()


def picked_numbers(motion, frames):
    """Which frames of each clip `[batch, T, ...]` the picked ones `[batch, k, ...]` are."""
    differences = np.abs(np.asarray(frames)[:, :, None] - np.asarray(motion)[:, None])
    distances = differences.max(axis=(3, 4))  # [batch, k, T]
    assert distances.min(axis=2).max() < 1e-6
    return distances.argmin(axis=2)


def log_sigmoid(logits):
    return -tf.math.log(1.0 + tf.exp(-logits))


def mean_penalty(network, clips, label):
    """R1 on real clips, R2 on fake ones: from the gradient of each logit by its own clip."""
    with tf.GradientTape() as tape:
        tape.watch(clips)
        logits = network((clips, label))[:, None]
    by_clip = tape.batch_jacobian(logits, clips)
    return tf.reduce_sum(by_clip**2) / 2 / len(clips)


def equation_1(model, noise, motion, label, real_picks, fake_picks):
    """Losses and gradients of both games, all at the weights that the model has now."""
    config, target = model.config, model.config.real_target
    relativistic = config.loss == "relativistic"
    motion = tf.constant(motion)
    with tf.GradientTape(persistent=True) as tape:
        fake = model.generator((noise, label))
        total = {"G": 0.0}
        losses = {}
        for name, real_seen, fake_seen in (
            ("D_V", motion, fake),
            (
                "D_F",
                tf.gather(motion, real_picks, axis=1, batch_dims=1),
                tf.gather(fake, fake_picks, axis=1, batch_dims=1),
            ),
        ):
            network = getattr(model, NETWORKS[name])
            real, unreal = network((real_seen, label)), network((fake_seen, label))
            towards_real = target * log_sigmoid(real) + (1 - target) * log_sigmoid(-real)
            losses[name] = -tf.reduce_mean(towards_real) - tf.reduce_mean(log_sigmoid(-unreal))
            losses[f"G/{name}"] = -tf.reduce_mean(log_sigmoid(unreal))
            if relativistic:
                losses[name] = -tf.reduce_mean(log_sigmoid(real - unreal))
                losses[f"G/{name}"] = -tf.reduce_mean(log_sigmoid(unreal - real))
            total[name] = losses[name]
            if config.gradient_penalty:
                penalty = mean_penalty(network, real_seen, label)
                if relativistic:
                    penalty += mean_penalty(network, fake_seen, label)
                losses[f"{name}/penalty"] = penalty
                total[name] += config.gradient_penalty * penalty
            total["G"] += losses[f"G/{name}"]
    gradients = {
        name: tape.gradient(total[name], getattr(model, network).trainable_variables)
        for name, network in NETWORKS.items()
    }
    return losses, gradients


@pytest.mark.parametrize(
    "overrides", [PAPER, PENALISED, TUNED], ids=["paper", "penalised", "tuned"]
)
def test_a_step_follows_the_gradients_of_equation_1_at_the_weights_before_it(overrides, calls):
    model = make_model(**overrides)
    learning_rate = 0.5
    use_gradient_descent(model, learning_rate)
    before = {name: getattr(model, name).get_weights() for name in NETWORKS.values()}
    average_before = model.average_generator.get_weights()
    motion, label = batch_of_clips()
    forget(calls)

    results = model.train_step((tf.constant(motion), tf.constant(label)))

    after = {name: getattr(model, name).get_weights() for name in NETWORKS.values()}
    average_after = model.average_generator.get_weights()
    (((noise, _), fake),) = calls[Generator]
    ((real_frames, _), _), ((fake_frames, _), _) = calls[FrameDiscriminator]
    for name in NETWORKS.values():
        getattr(model, name).set_weights(before[name])
    losses, gradients = equation_1(
        model,
        noise,
        motion,
        label,
        picked_numbers(motion, real_frames),
        picked_numbers(fake, fake_frames),
    )
    for name, network in NETWORKS.items():
        norm = np.sqrt(sum(np.sum(np.square(gradient)) for gradient in gradients[name]))
        assert float(results[f"{name}/gradient_norm"]) == pytest.approx(norm, rel=1e-4)
        for old, new, gradient in zip(
            before[network], after[network], gradients[name], strict=True
        ):
            moved = (old - new) / learning_rate
            np.testing.assert_allclose(moved, gradient, rtol=1e-3, atol=1e-5 * norm + 1e-6)
    for name in ("D_V", "D_F"):
        assert float(results[f"{name}/loss"]) == pytest.approx(float(losses[name]), rel=1e-4)
        expected = float(losses[f"G/{name}"])
        assert float(results[f"G/loss_{name}"]) == pytest.approx(expected, rel=1e-4)
        if overrides:
            expected = float(losses[f"{name}/penalty"])
            assert float(results[f"{name}/penalty"]) == pytest.approx(expected, rel=1e-4)
    decay = min(model.config.average, 2 / 11)  # in the first step
    for old, new, weight in zip(average_before, average_after, after["generator"], strict=True):
        np.testing.assert_allclose(new, decay * old + (1 - decay) * weight, atol=1e-6)


def test_accuracies_count_clips_on_the_right_side_of_zero():
    model = make_model()
    motion, label = batch_of_clips()
    for name, bias in (("sequence_discriminator", 100.0), ("frame_discriminator", -100.0)):
        getattr(model, name).logit.bias.assign([bias])

    results = model.train_step((tf.constant(motion), tf.constant(label)))

    for name, real, fake in (("D_V", 1.0, 0.0), ("D_F", 0.0, 1.0)):
        assert float(results[f"{name}/accuracy_real"]) == real
        assert float(results[f"{name}/accuracy_fake"]) == fake


def test_accuracies_of_the_relativistic_game_do_not_depend_on_where_its_logits_lie():
    accuracies = []
    for bias in (0.0, 100.0):
        model = make_model(seed=1, **TUNED)
        model.sequence_discriminator.logit.bias.assign([bias])
        results = model.train_step(tuple(map(tf.constant, batch_of_clips())))
        accuracies.append([float(results[f"D_V/accuracy_{side}"]) for side in ("real", "fake")])

    assert accuracies[0] == accuracies[1]
    assert max(accuracies[0]) > 0.0


def test_frames_and_noise_are_drawn_anew_for_each_clip_and_step(calls):
    model = make_model()
    motion, label = (tf.constant(part) for part in batch_of_clips(batch=64))
    forget(calls)

    for _ in range(2):
        model.train_step((motion, label))

    noises = np.stack([inputs[0] for inputs, _ in calls[Generator]])
    assert noises.shape == (2, 64, FRAMES, model.config.noise_dim)
    assert len(np.unique(noises)) > 0.99 * noises.size
    assert abs(noises.mean()) < 0.05 and abs(noises.std() - 1) < 0.05
    picks = []
    for step in range(2):
        fake = calls[Generator][step][1]
        (real_frames, _), _ = calls[FrameDiscriminator][2 * step]
        (fake_frames, _), _ = calls[FrameDiscriminator][2 * step + 1]
        picks += [picked_numbers(motion, real_frames), picked_numbers(fake, fake_frames)]
    for numbers in picks:
        assert numbers.shape == (64, model.config.k_frame)
        assert all(len(set(row)) == len(row) for row in numbers)  # without replacement
        assert set(numbers.flat) == set(range(FRAMES))
        assert (np.diff(numbers, axis=1) < 0).any()  # unsorted
        assert len(np.unique(numbers, axis=0)) > 32  # each clip has its own
    for first, second in ((0, 1), (0, 2), (1, 3)):  # real and fake; one step and the next
        assert (picks[first] != picks[second]).any(axis=1).mean() > 0.9


def test_randomness_depends_on_the_seed_and_the_step_alone(calls):
    batch = tuple(tf.constant(part) for part in batch_of_clips())
    first, other = make_model(), make_model()
    other.config = small_config(seed=1)
    forget(calls)

    first.train_step(batch)
    first.optimizers["G"].iterations.assign(0)
    first.train_step(batch)
    other.train_step(batch)

    noises = [inputs[0].numpy() for inputs, _ in calls[Generator]]
    np.testing.assert_array_equal(noises[0], noises[1])
    assert not np.isclose(noises[0], noises[2]).any()


def test_weights_begin_where_the_seed_says():
    first, again, other = (runs.new_model(small_config(seed=s), small_data()) for s in (3, 3, 4))

    for one, two in zip(first.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_array_equal(one, two)
    kernels = [model.generator.projection.kernel.numpy() for model in (first, other)]
    assert not np.isclose(*kernels).any()


def test_adam_has_the_settings_of_the_configuration():
    model = make_model(learning_rate=0.003, beta_1=0.25, beta_2=0.75)

    for name, network in NETWORKS.items():
        optimizer = model.optimizers[name]
        assert isinstance(optimizer, keras.optimizers.Adam)
        assert float(optimizer.learning_rate) == pytest.approx(0.003)
        assert (optimizer.beta_1, optimizer.beta_2) == (0.25, 0.75)
        trained = getattr(model, network).trainable_variables
        assert len(optimizer.variables) == 2 + 2 * len(trained)  # two moments a weight


def test_fit_takes_the_same_steps():
    fitted, stepped = make_model(**TUNED), make_model(**TUNED)
    for model in (fitted, stepped):
        use_gradient_descent(model, 1e-4)
    dataset = training_batches(small_data(), FRAMES, 4, seed=0)

    history = fitted.fit(dataset, steps_per_epoch=3, shuffle=False, verbose=0).history
    for batch in dataset.take(3):
        results = stepped.train_step(batch)

    assert history.keys() == results.keys()
    assert np.isfinite([values[0] for values in history.values()]).all()
    assert int(fitted.optimizers["G"].iterations) == 3
    for one, two in zip(fitted.get_weights(), stepped.get_weights(), strict=True):
        np.testing.assert_allclose(one, two, atol=1e-5)


def test_mixed_precision_trains_in_bfloat16_and_samples_in_float32():
    model = make_model(mixed_precision=True, **TUNED)

    results = model.train_step(tuple(tf.constant(part) for part in batch_of_clips()))

    assert np.isfinite([float(value) for value in results.values()]).all()
    assert model.generator.rnn.compute_dtype == "bfloat16"
    assert model.average_generator.rnn.compute_dtype == "float32"
    variables = [*model.variables, *(v for o in model.optimizers.values() for v in o.variables)]
    assert {v.dtype for v in variables if "int" not in str(v.dtype)} == {"float32"}
    motion = model.generate(np.eye(CLASSES, dtype=np.float32), np.arange(CLASSES, dtype=np.int32))
    assert motion.dtype == tf.float32 and np.isfinite(motion).all()


def test_motion_may_have_three_coordinates():
    model = make_model(dimensions=3)

    results = model.train_step(tuple(tf.constant(part) for part in batch_of_clips(dimensions=3)))

    assert np.isfinite([float(value) for value in results.values()]).all()
    motion = model.generate(np.eye(CLASSES, dtype=np.float32), np.arange(CLASSES, dtype=np.int32))
    assert motion.shape == (CLASSES, FRAMES, SKELETON.num_joints, 3)


@pytest.fixture(scope="module")
def sampler():
    model = make_model(start_state=True, relabel=True, average=0.9)
    randomise_weights(model.average_generator, np.random.default_rng(7))
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


def test_the_bits_of_a_motion_do_not_depend_on_the_size_of_the_batch(sampler):
    label, seed = np.tile(LABEL, (13, 1)), np.arange(65, dtype=np.int32)
    large = sampler.attend(label, seed)

    for batch in (1, 2, 3, 5, 7, 64):
        outputs = sampler.attend(label[:batch], seed[:batch])
        for name, output in outputs.items():
            np.testing.assert_array_equal(output, large[name][:batch])


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
    shape = [FRAMES, sampler.config.noise_dim]
    noise = [tf.random.stateless_normal(shape, [number, 0], alg="philox") for number in seed]
    expected = sampler.average_generator((np.stack(noise), label))
    np.testing.assert_allclose(motion, expected, atol=1e-5)
    start, end = sampler.generate(label_from, seed), sampler.generate(label_to, seed)
    np.testing.assert_allclose(motion[:, 0], start[:, 0], atol=1e-5)
    assert np.abs(motion - start).max(axis=(1, 2, 3)).min() > 1e-2
    assert np.abs(motion - end).max(axis=(1, 2, 3)).min() > 1e-2


def test_a_transition_from_a_class_to_itself_is_that_class(sampler):
    motion = sampler.transition(LABEL, LABEL, SEED)

    np.testing.assert_allclose(motion, sampler.generate(LABEL, SEED), atol=1e-5)


def test_the_averaged_generator_is_sampled(sampler):
    before = sampler.generate(LABEL, SEED).numpy()
    weights = sampler.generator.get_weights()

    sampler.generator.set_weights([weight + 1 for weight in weights])

    np.testing.assert_array_equal(sampler.generate(LABEL, SEED), before)
    sampler.generator.set_weights(weights)


def test_attention_comes_with_the_frames_that_pruning_keeps(sampler):
    outputs = sampler.attend(LABEL, SEED)

    np.testing.assert_array_equal(outputs["motion"], sampler.generate(LABEL, SEED))
    top_k = sampler.config.top_k
    for attention, kept in zip(outputs["attention"].numpy(), outputs["kept"].numpy(), strict=True):
        np.testing.assert_allclose(attention.sum(axis=1), 1, atol=1e-5)
        assert np.all(np.triu(attention, 1) == 0)
        for row, expected in zip(
            kept.tolist(), dense_reference.kept_frames(attention, top_k), strict=True
        ):
            assert row == expected + [-1] * (top_k + 1 - len(expected))
