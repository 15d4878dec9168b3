import functools

import keras
import numpy as np
import pytest
import tensorflow as tf

from datasets.skeletons import HUMAN36M_15
from sagcn_tf.config import make_config
from sagcn_tf.models.tuned.body_statistics import BodyStatistics
from sagcn_tf.models.tuned.generator import TunedGenerator
from sagcn_tf.skeleton import Skeleton
from tests import tuned_reference
from tests.layer_checks import randomize_weights
from tests.small_data import CLASS_NAMES, FRAMES, SKELETON, small_config, small_data

CLASSES, JOINTS = len(CLASS_NAMES), SKELETON.num_joints
# Every choice that changes what the generator computes.
VARIANTS = {
    "tuned": {},
    "no past frame kept": {"top_k": 0},
    "all past frames kept": {"top_k": 20},
    "full graph": {"gc_type": "full"},
    "no warm-up": {"warm_up": 0},
    "no waves and no modes": {"waves": 0, "modes": 0},
    "ReLU": {"activation": "relu"},
    "SiLU": {"activation": "silu"},
    "no penalty and no sum": {"alibi_slope": 0.0, "accumulation": 0.0},
    "three frames": {"frames": 3, "k_frame": 1},
}


def body_of(dimensions):
    return BodyStatistics.from_data(small_data(dimensions), FRAMES)


@functools.cache
def make_generator(dimensions=2, dtype="float32", **overrides):
    """A generator adapted to the bodies of the small data; do not change it."""
    config = small_config("tuned", **overrides)
    generator = TunedGenerator(config, CLASSES, SKELETON, dimensions, dtype=dtype)
    randomize_weights(generator, np.random.default_rng(0))
    generator.adapt(body_of(dimensions))
    return generator


def make_inputs(generator, batch=3, seed=0):
    """Noise, and labels on the simplex; the last one is a mixture of classes."""
    rng = np.random.default_rng(seed)
    noise = rng.normal(size=[batch, *generator.noise_shape]).astype(np.float32)
    label = np.eye(CLASSES, dtype=np.float32)[np.arange(batch) % CLASSES]
    label[-1] = [0.2, 0.5, 0.3]
    return noise, label


def label_of_each_frame(batch, frames=FRAMES):
    labels = np.random.default_rng(0).dirichlet(np.ones(CLASSES), size=[batch, frames])
    return labels.astype(np.float32)


def places_in_noise(config):
    """Indices of the parts of a clip's noise; for the noise of frames, one index per frame."""
    of_modes = config.clip_noise + config.modes
    rows = config.warm_up + config.frames
    ends = of_modes + config.frame_noise * np.arange(rows + 1)
    return {
        "clip": slice(0, config.clip_noise),
        "modes": slice(config.clip_noise, of_modes),
        "frames": [slice(*pair) for pair in zip(ends, ends[1:], strict=False)],
        "waves": slice(ends[-1], ends[-1] + 2 * config.waves),
    }


def changes_by(generator, places):
    """How much each frame changes with the noise at each index: `[indices, T]`."""
    noise, label = (part[:1] for part in make_inputs(generator))
    noise, label = (np.repeat(part, 1 + len(places), axis=0) for part in (noise, label))
    for disturbed, place in zip(noise[1:], places, strict=True):
        disturbed[place] = 0.5 - disturbed[place]
    motion = generator((noise, label)).numpy()
    return np.abs(motion[1:] - motion[0]).max(axis=(2, 3))


def assert_is_reference(generator, inputs, dimensions=2):
    """Compares each clip with the NumPy version; labels are given per frame."""
    outputs = generator(inputs, return_attention=True)
    body, frames = body_of(dimensions), generator.config.frames
    for clip, (noise, label) in enumerate(zip(*inputs, strict=True)):
        labels = np.broadcast_to(label, [frames, CLASSES])
        motion, attention, kept = tuned_reference.generator(
            generator, body, tuned_reference.PARENTS, SKELETON.adjacency(), noise, labels
        )
        np.testing.assert_allclose(outputs["attention"][clip], attention, rtol=1e-3, atol=1e-5)
        np.testing.assert_allclose(outputs["motion"][clip], motion, rtol=1e-3, atol=1e-3)
        rows = outputs["kept"][clip].numpy().tolist()
        assert [[frame for frame in row if frame >= 0] for row in rows] == kept
    assert outputs["motion"].dtype == outputs["attention"].dtype == tf.float32


@pytest.mark.parametrize("variant", VARIANTS)
def test_motion_and_attention_are_those_of_an_independent_version(variant):
    generator = make_generator(**VARIANTS[variant])

    assert_is_reference(generator, make_inputs(generator))


def test_coordinates_may_be_three():
    generator = make_generator(dimensions=3)

    assert_is_reference(generator, make_inputs(generator), dimensions=3)


@pytest.mark.parametrize("variant", ["tuned", "no warm-up"])
def test_each_frame_may_have_its_own_label(variant):
    """The warm-up frames have the label of the first frame."""
    generator = make_generator(**VARIANTS[variant])
    noise, _ = make_inputs(generator)

    assert_is_reference(generator, (noise, label_of_each_frame(len(noise))))


@pytest.mark.parametrize("gc_type", ["cnn", "cnn3", "stgc"])
def test_other_convolutions_give_motion_too(gc_type):
    keras.utils.set_random_seed(0)
    config = small_config("tuned", gc_type=gc_type, filters=(8, 8, 8, 8, 8))
    generator = TunedGenerator(config, CLASSES, SKELETON, dimensions=3)
    generator.adapt(body_of(3))

    outputs = generator(make_inputs(generator), return_attention=True)

    motion = outputs["motion"].numpy()
    assert motion.shape == (3, FRAMES, JOINTS, 3) and motion.dtype == np.float32
    assert np.isfinite(motion).all() and np.std(motion, axis=1).max() > 1e-3
    assert outputs["attention"].shape == (3, FRAMES, FRAMES)
    assert outputs["kept"].shape == (3, FRAMES, 1 + config.top_k)


@pytest.mark.parametrize("variant", ["tuned", "all past frames kept", "full graph", "no warm-up"])
def test_noise_of_a_frame_changes_that_frame_and_no_earlier_one(variant):
    generator = make_generator(**VARIANTS[variant])

    changes = changes_by(generator, places_in_noise(generator.config)["frames"])

    for row, change in enumerate(changes):
        # Noise of the warm-up changes the first output frame.
        frame = max(row - generator.config.warm_up, 0)
        assert change[:frame].max(initial=0.0) < 1e-5
        assert change[frame] > 1e-4


def test_noise_that_is_of_no_frame_changes_all():
    """The noise of the clip and of its mode, and the phases of the waves."""
    generator = make_generator()
    places = places_in_noise(generator.config)

    changes = changes_by(generator, [places[part] for part in ("clip", "modes", "waves")])

    assert changes.min() > 1e-4


def test_a_later_label_changes_no_earlier_frame():
    generator = make_generator()
    noise, label = make_inputs(generator)
    labels = np.repeat(label[:, None], FRAMES, axis=1)
    before = generator((noise, labels)).numpy()
    labels[:, 5:] = np.roll(labels[:, 5:], 1, axis=-1)

    change = np.abs(generator((noise, labels)).numpy() - before).max(axis=(0, 2, 3))

    assert change[:5].max() < 1e-5
    assert change[5:].min() > 1e-3


def test_a_clip_does_not_depend_on_the_others_of_its_batch():
    generator = make_generator()
    noise, label = make_inputs(generator, batch=4)

    alone = generator((noise[2:3], label[2:3]))

    np.testing.assert_allclose(generator((noise, label))[2:3], alone, atol=1e-4)


@pytest.mark.parametrize(
    ("variant", "frames"),
    [("tuned", 4), ("tuned", 12), ("no past frame kept", 4), ("full graph", 4)],
)
def test_a_long_clip_is_computed_otherwise_but_is_the_same(monkeypatch, variant, frames):
    """Values and gradients of clips of three blocks and of less than one."""
    monkeypatch.setattr("sagcn_tf.layers.blockwise_self_attention._ROWS", 5)
    generator = make_generator(**{"frames": frames, **VARIANTS[variant]})
    trained = [weight.value for weight in generator.trainable_weights]
    inputs, outputs, gradients = make_inputs(generator, batch=2), [], []
    for long in (False, True):
        monkeypatch.setattr("sagcn_tf.models.graph_refinement.is_long", lambda *_, long=long: long)
        with tf.GradientTape() as tape:
            outputs.append(generator(inputs, return_attention=True))
            loss = tf.reduce_mean(tf.sin(outputs[-1]["motion"]))
        gradients.append(tape.gradient(loss, trained))

    np.testing.assert_array_equal(outputs[1]["kept"], outputs[0]["kept"])
    for name in ("attention", "motion"):
        np.testing.assert_allclose(outputs[1][name], outputs[0][name], rtol=1e-3, atol=1e-3)
    for actual, expected in zip(*gradients, strict=True):
        error = np.linalg.norm(actual - expected)
        assert error <= 1e-3 * np.linalg.norm(expected) + 1e-6


@pytest.mark.parametrize("long", [False, True])
def test_clips_that_only_fill_up_a_batch_are_left_out(monkeypatch, long):
    monkeypatch.setattr("sagcn_tf.models.graph_refinement.is_long", lambda *_: long)
    generator = make_generator()
    inputs = make_inputs(generator, batch=4)

    whole = generator(inputs, return_attention=True)
    first = generator(inputs, return_attention=True, clips=3)

    for name, rows in whole.items():
        np.testing.assert_array_equal(first[name], rows[:3], name)
    np.testing.assert_array_equal(generator(inputs, clips=3), whole["motion"][:3])


def test_mixed_precision_keeps_weights_noise_and_coordinates_in_float32():
    exact = make_generator()
    mixed = make_generator(mixed_precision=True, dtype="mixed_bfloat16")
    inputs = make_inputs(exact)

    outputs = mixed(inputs, return_attention=True)

    assert {weight.dtype for weight in mixed.weights} == {"float32"}
    assert mixed.rnn.compute_dtype == "bfloat16"
    assert outputs["motion"].dtype == outputs["attention"].dtype == tf.float32
    noises = [network.latent(inputs[0], inputs[1][:, None])[1] for network in (mixed, exact)]
    np.testing.assert_array_equal(*noises)
    difference = np.abs(outputs["motion"].numpy() - exact(inputs).numpy())
    assert 0 < np.median(difference) < 0.1 * np.std(exact(inputs))


def test_what_is_known_of_a_body_is_saved_but_not_trained():
    generator = make_generator()
    other = TunedGenerator(generator.config, CLASSES, SKELETON)
    other.set_weights(generator.get_weights())

    np.testing.assert_array_equal(other(make_inputs(other)), generator(make_inputs(generator)))
    fixed = generator.joints_from_bones.weights
    assert {id(weight) for weight in generator.non_trainable_weights} == set(map(id, fixed))


def dense_count(inputs, outputs, bias=True):
    return (inputs + bias) * outputs


def test_the_generator_of_tuned_has_as_many_weights_as_its_layers_say():
    skeleton = Skeleton.from_metadata(HUMAN36M_15)
    generator = TunedGenerator(make_config(preset="tuned"), 10, skeleton)

    of_frame, latent, width = 16 + 2 * 6, 128 + 10, 15 * 8
    expected = 10 * 128 * 32  # modes
    expected += dense_count(32 + 10 + 32, 128) + dense_count(128, 128)
    expected += dense_count(latent, of_frame)  # the scale of the noise
    expected += dense_count(of_frame + latent, 64) + dense_count(of_frame + latent, 128)
    expected += 3 * (64 * 128 + 128 * 128 + 2 * 128)  # GRU: three gates, two biases each
    expected += dense_count(128, 256) + dense_count(256, 512) + dense_count(512, width)
    expected += latent * (256 + 256 + 512)  # scales and a shift
    expected += 4 * dense_count(width, width) + 1  # query, key, value, output, gamma
    widths = (8, 32, 32, 32, 32, 32)
    for inputs, outputs in zip(widths, widths[1:], strict=False):
        expected += 2 * inputs * outputs + 15 * outputs  # two kernels, a bias per joint
    expected += dense_count(32, 2)
    assert sum(np.prod(weight.shape) for weight in generator.trainable_weights) == expected
    assert generator.count_params() == expected + 30 * 30 + 30  # from bones to joints
    assert expected == pytest.approx(614_000, rel=0.01)
