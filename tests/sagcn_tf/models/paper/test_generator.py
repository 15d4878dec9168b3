import numpy as np
import pytest
import tensorflow as tf

from datasets.skeletons import HUMAN36M_15
from sagcn_tf.config import make_config
from sagcn_tf.models.paper.generator import Generator
from sagcn_tf.skeleton import Skeleton
from tests import dense_reference as reference
from tests.layer_checks import randomize_weights
from tests.small_data import CLASS_NAMES, FRAMES, SKELETON, small_config

CLASSES, JOINTS = len(CLASS_NAMES), SKELETON.num_joints
# Every choice that changes what the generator computes.
VARIANTS = {
    "paper": {},
    "authors": {"preset": "authors"},
    "no past frame kept": {"top_k": 0},
    "all past frames kept": {"top_k": 20},
    "full graph": {"gc_type": "full"},
}


def make_generator(dimensions=2, seed=0, **overrides):
    config = small_config(**overrides)
    generator = Generator(config, CLASSES, SKELETON, dimensions)
    randomize_weights(generator, np.random.default_rng(seed))
    return generator


def make_inputs(batch=3, seed=0):
    """Noise, and labels on the simplex; the last one is a mixture of classes."""
    rng = np.random.default_rng(seed)
    noise = rng.normal(size=[batch, FRAMES, 6]).astype(np.float32)
    label = np.eye(CLASSES, dtype=np.float32)[np.arange(batch) % CLASSES]
    label[-1] = [0.2, 0.5, 0.3]
    return noise, label


def weights_of(layer):
    return [np.float64(variable) for variable in (layer.kernel, layer.bias)]


def reference_generator(generator, noise, label):
    """One clip, from noise `[T, noise_dim]` and label `[C]`, step by step as section 3 says.

    The label may also be `[T, C]`, one for each frame.
    """
    config = generator.config
    labels = np.broadcast_to(label, [FRAMES, CLASSES])
    embedded = reference.dense(labels, *weights_of(generator.label_embedding))
    inputs = np.concatenate([noise, embedded], axis=1)
    inputs = reference.dense(inputs, *weights_of(generator.projection))
    cell = (np.float64(weight) for weight in generator.rnn.get_weights())
    outputs = reference.gru(inputs, np.zeros(config.hidden), *cell)
    accumulated = [outputs[0]]
    for output in outputs[1:]:
        accumulated.append(output + accumulated[-1])
    first, second, third = (weights_of(layer) for layer in generator.maps)
    accumulated = np.stack(accumulated)
    if config.label_after_sum:
        accumulated = np.concatenate([accumulated, labels], axis=1)
    hidden = reference.relu(reference.dense(accumulated, *first))
    hidden = reference.relu(reference.dense(hidden, *second))
    hidden = reference.dense(hidden, *third)
    layer = generator.refinement.attention
    attended, attention = reference.masked_self_attention(
        hidden,
        *(weights_of(one) for one in (layer.query, layer.key, layer.value)),
    )
    if config.attention_residual == "gated":
        projected = reference.dense(attended, *weights_of(layer.output_projection))
        attended = hidden + float(layer.gamma) * projected
    block, scores = generator.refinement.graph_convolution, reference.prune(attention, config.top_k)
    if config.gc_type == "full":
        scores = np.tril(np.ones(attention.shape))
    motion = reference.sa_graph_convolution(
        attended.reshape(FRAMES, JOINTS, -1),
        scores,
        SKELETON.adjacency(),
        [weights_of(layer) for layer in block.convolutions],
        weights_of(block.output_projection),
        *(np.float64(block.projections[place].kernel) for place in ("3", "5")),
    )
    return motion, attention


@pytest.mark.parametrize("variant", VARIANTS)
def test_generator_computes_the_equations_of_the_paper(variant):
    generator = make_generator(seed=1, **VARIANTS[variant])
    noise, label = make_inputs()

    outputs = generator((noise, label), return_attention=True)

    for clip in range(len(noise)):
        motion, attention = reference_generator(generator, noise[clip], label[clip])
        np.testing.assert_allclose(outputs["attention"][clip], attention, rtol=1e-4, atol=1e-5)
        np.testing.assert_allclose(outputs["motion"][clip], motion, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("preset", ["paper", "authors"])
def test_each_frame_may_have_its_own_label(preset):
    generator = make_generator(preset=preset)
    noise, _ = make_inputs()
    label = np.random.default_rng(0).dirichlet(np.ones(CLASSES), size=[len(noise), FRAMES])
    label = label.astype(np.float32)

    motion = generator((noise, label))

    for clip in range(len(noise)):
        expected, _ = reference_generator(generator, noise[clip], label[clip])
        np.testing.assert_allclose(motion[clip], expected, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("variant", ["paper", "authors", "no past frame kept", "full graph"])
def test_a_long_clip_is_computed_otherwise_but_is_the_same(monkeypatch, variant):
    """Values and gradients of clips of three blocks and of less than one."""
    monkeypatch.setattr("sagcn_tf.layers.blockwise_self_attention._ROWS", 5)
    for frames in (12, 4):
        generator = make_generator(**{"frames": frames, "top_k": 2, **VARIANTS[variant]})
        noise = np.random.default_rng(0).normal(size=[2, frames, 6]).astype(np.float32)
        inputs = noise, make_inputs(batch=2)[1]
        outputs, gradients = [], []
        for long in (False, True):
            monkeypatch.setattr(
                "sagcn_tf.models.graph_refinement.is_long", lambda *_, long=long: long
            )
            with tf.GradientTape() as tape:
                outputs.append(generator(inputs, return_attention=True))
                loss = tf.reduce_mean(tf.sin(outputs[-1]["motion"]))
            gradients.append(tape.gradient(loss, [w.value for w in generator.weights]))
        np.testing.assert_array_equal(outputs[1]["kept"], outputs[0]["kept"])
        for name in ("attention", "motion"):
            np.testing.assert_allclose(outputs[1][name], outputs[0][name], rtol=1e-4, atol=1e-4)
        for actual, expected in zip(*gradients, strict=True):
            error = np.linalg.norm(actual - expected)
            assert error <= 1e-3 * np.linalg.norm(expected) + 1e-7


def test_only_long_clips_are_computed_otherwise():
    """A training step with 50 frames uses none of the operations for long clips."""
    for frames, sparse in ((50, False), (200, True)):
        generator = make_generator(frames=frames)
        noise = tf.zeros([1, frames, 6])
        graph = tf.function(generator).get_concrete_function((noise, tf.zeros([1, CLASSES]))).graph
        assert any("Sparse" in o.type for o in graph.get_operations()) == sparse


@pytest.mark.parametrize("dimensions", [2, 3])
def test_shapes(dimensions):
    generator = make_generator(dimensions)
    inputs = make_inputs()

    motion = generator(inputs)
    outputs = generator(inputs, return_attention=True)

    assert motion.shape == (3, FRAMES, JOINTS, dimensions) and motion.dtype == tf.float32
    assert outputs["attention"].shape == (3, FRAMES, FRAMES)
    assert outputs["kept"].shape == (3, FRAMES, 1 + generator.config.top_k)
    np.testing.assert_array_equal(outputs["motion"], motion)


def test_kept_frames_are_those_of_the_attention():
    generator = make_generator()

    outputs = generator(make_inputs(), return_attention=True)

    for attention, kept in zip(outputs["attention"], outputs["kept"].numpy(), strict=True):
        expected = reference.kept_frames(attention.numpy(), generator.config.top_k)
        assert [[frame for frame in row if frame >= 0] for row in kept.tolist()] == expected


@pytest.mark.parametrize("variant", ["paper", "authors", "all past frames kept", "full graph"])
def test_noise_of_a_frame_changes_that_frame_and_no_earlier_one(variant):
    generator = make_generator(seed=1, **VARIANTS[variant])  # seed 0 saturates the RNN
    noise, label = make_inputs()
    before = generator((noise, label)).numpy()

    for frame in range(FRAMES):
        disturbed = noise.copy()
        disturbed[:, frame] += 1.0
        change = np.abs(generator((disturbed, label)).numpy() - before).max(axis=(0, 2, 3))
        assert change[:frame].max(initial=0.0) < 1e-6
        assert change[frame] > 1e-5


def test_a_clip_does_not_depend_on_the_others_of_its_batch():
    generator = make_generator()
    noise, label = make_inputs(batch=4)

    alone = generator((noise[2:3], label[2:3]))

    np.testing.assert_allclose(generator((noise, label))[2:3], alone, atol=1e-5)


def dense_count(inputs, outputs, bias=True):
    return (inputs + bias) * outputs


@pytest.mark.parametrize("long", [False, True])
def test_clips_that_only_fill_up_a_batch_are_left_out(monkeypatch, long):
    monkeypatch.setattr("sagcn_tf.models.graph_refinement.is_long", lambda *_: long)
    generator, inputs = make_generator(), make_inputs(batch=4)

    whole = generator(inputs, return_attention=True)
    first = generator(inputs, return_attention=True, clips=3)

    for name, rows in whole.items():
        np.testing.assert_array_equal(first[name], rows[:3], name)


@pytest.mark.parametrize("preset", ["paper", "authors"])
def test_the_generator_has_as_many_weights_as_its_layers_say(preset):
    skeleton = Skeleton.from_metadata(HUMAN36M_15)
    generator = Generator(make_config(preset=preset), 10, skeleton)

    width = 15 * 2
    expected = dense_count(10, 20) + dense_count(30 + 20, 60)
    expected += 3 * (60 * 100 + 100 * 100 + 2 * 100)  # GRU: three gates, two biases each
    expected += dense_count(100, 512) + dense_count(512, 1024) + dense_count(1024, width)
    expected += 3 * dense_count(width, width)  # query, key, value
    if preset == "authors":  # the label after the sum; the output projection and gamma
        expected += 10 * 512 + dense_count(width, width) + 1
    widths = (1, 32, 64, 64, 128, 128)
    expected += sum(dense_count(*pair) for pair in zip(widths, widths[1:], strict=False))
    expected += 32 * 64 + 64 * 128  # residual projections H1 -> H3 and H3 -> H5
    expected += dense_count(128, 1)
    assert generator.count_params() == expected
    assert expected == pytest.approx(710_000, rel=0.01)


def test_mixed_precision_keeps_weights_and_coordinates_in_float32():
    config = small_config(mixed_precision=True)
    mixed = Generator(config, CLASSES, SKELETON, dtype="mixed_bfloat16")
    exact = make_generator()
    mixed.set_weights(exact.get_weights())
    inputs = make_inputs()

    outputs = mixed(inputs, return_attention=True)

    assert {weight.dtype for weight in mixed.weights} == {"float32"}
    assert outputs["motion"].dtype == outputs["attention"].dtype == tf.float32
    difference = np.abs(outputs["motion"].numpy() - exact(inputs).numpy())
    assert 0 < np.median(difference) < 0.1 * np.std(exact(inputs))
