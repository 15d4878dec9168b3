import numpy as np
import pytest
import tensorflow as tf

from sagcn_tf.data.input_pipeline import training_batches
from sagcn_tf.models.baselines.motion_decoder import MotionDecoder
from sagcn_tf.models.baselines.motion_encoder import MotionEncoder
from sagcn_tf.models.baselines.skeleton_vae import SkeletonVAE, divergence_from_prior
from tests.small_data import CLASS_NAMES, FRAMES, SKELETON, batch_of_clips, small_data
from tests.systems import system_config

CLASSES, JOINTS = len(CLASS_NAMES), SKELETON.num_joints


def make_model(dimensions=2, **overrides):
    model = SkeletonVAE(system_config("skeleton_vae", **overrides), CLASSES, SKELETON, dimensions)
    model.compile()
    return model


def train(model, steps):
    """The results of some steps on the small data set."""
    config = model.config
    batches = training_batches(small_data(), config.frames, config.batch_size, config.seed)
    step = tf.function(model.update)
    results = [step(batch) for batch in batches.take(steps)]
    return [{name: float(value) for name, value in one.items()} for one in results]


@pytest.fixture(scope="module")
def healthy():
    """Results of training with a small weight of the divergence."""
    return train(make_model(steps=20, learning_rate=0.003, kl_weight=1e-4), 20)


@pytest.fixture(scope="module")
def collapsed():
    """Results of training with a weight so large that the codes collapse."""
    return train(make_model(steps=40, learning_rate=0.003, kl_weight=100.0), 40)


@pytest.mark.slow
def test_the_error_falls_over_twenty_steps(healthy):
    errors = [results["VAE/loss_mse"] for results in healthy]

    assert np.mean(errors[-3:]) < 0.7 * np.mean(errors[:3])


@pytest.mark.slow
def test_codes_that_tell_nothing_show_in_the_results(healthy, collapsed):
    last, last_collapsed = healthy[-1], collapsed[-1]

    assert last["VAE/loss_kl"] > 0.01 and last["VAE/telling"] > 0.9
    assert last_collapsed["VAE/loss_kl"] < 0.01 and last_collapsed["VAE/telling"] < 0.1
    assert last_collapsed["VAE/loss_mse"] > 1.1 * last["VAE/loss_mse"]


def test_the_weight_of_the_divergence_rises_over_a_fifth_of_the_steps():
    model = make_model(steps=20, kl_weight=100.0)
    batch, weights = tuple(map(tf.constant, batch_of_clips())), []

    for _ in range(6):
        results = {name: float(value) for name, value in model.update(batch).items()}
        weighted = results["VAE/loss"] - results["VAE/loss_mse"]
        weights.append(weighted / results["VAE/loss_kl"])

    rising = 100.0 * np.minimum(np.arange(6) / 4, 1.0)
    np.testing.assert_allclose(weights, rising, rtol=5e-3, atol=5e-3)


def test_the_divergence_is_the_integral_that_defines_it():
    x, width = np.linspace(-30.0, 30.0, 200_001, retstep=True)
    prior = np.exp(-(x**2) / 2) / np.sqrt(2 * np.pi)
    for mean, log_variance in ((0.0, 0.0), (1.5, 0.0), (0.0, -1.0), (-0.7, 1.2)):
        deviation = np.exp(log_variance / 2)
        density = np.exp(-(((x - mean) / deviation) ** 2) / 2) / deviation / np.sqrt(2 * np.pi)
        ratio = np.log(np.maximum(density, 1e-300) / np.maximum(prior, 1e-300))

        divergence = divergence_from_prior(tf.constant(mean), tf.constant(log_variance))

        assert float(divergence) == pytest.approx(np.sum(density * ratio) * width, abs=1e-5)


def test_a_step_moves_every_weight_of_both_networks():
    model = make_model(kl_weight=1.0, learning_rate=0.01)
    before = [weight.numpy() for weight in model.weights]

    results = model.update(tuple(map(tf.constant, batch_of_clips())))

    assert {f"VAE/{n}" for n in ("loss", "loss_mse", "loss_kl", "gradient_norm")} < results.keys()
    for old, weight in zip(before, model.weights, strict=True):
        assert not np.array_equal(old, weight.numpy()), weight.path


def test_dropout_keeps_the_mean_and_is_another_one_at_each_step(monkeypatch):
    model = make_model()
    seen = []
    call = model.encoder.call

    def recording(inputs, dropout):
        seen.append([factors.numpy() for factors in dropout])
        return call(inputs, dropout)

    monkeypatch.setattr(model.encoder, "call", recording)
    batch = tuple(map(tf.constant, batch_of_clips(16)))
    for _ in range(2):
        model.update(batch)

    for factors, shape in zip(seen[0], model.encoder.dropout_shapes, strict=True):
        assert factors.shape == (16, *shape)
        np.testing.assert_allclose(np.unique(factors), [0.0, 1.25])
        assert np.mean(factors) == pytest.approx(1.0, abs=0.05)
    assert not np.array_equal(seen[0][0], seen[1][0])


def test_a_clip_is_lengthened_to_a_multiple_of_four_by_its_last_frame():
    motion, label = batch_of_clips()
    short = MotionEncoder(6, CLASSES, JOINTS, 2)
    padded = MotionEncoder(8, CLASSES, JOINTS, 2)
    padded.set_weights(short.get_weights())
    lengthened = np.concatenate([motion[:, :6], motion[:, 5:6], motion[:, 5:6]], axis=1)

    for one, two in zip(short((motion[:, :6], label)), padded((lengthened, label)), strict=True):
        assert one.shape == (4, 2, 128)
        np.testing.assert_allclose(one, two, atol=1e-6)


def test_the_decoder_gives_any_number_of_frames_and_any_coordinates():
    decoder = MotionDecoder(6, CLASSES, JOINTS, 3)
    decoder.coordinates.bias.assign(np.full(3 * JOINTS, -4.0))  # an ELU would stop at -1

    motion = decoder((tf.zeros([2, 2, 128]), tf.eye(CLASSES)[:2])).numpy()

    assert motion.shape == (2, 6, JOINTS, 3)
    assert motion.mean() == pytest.approx(-4.0, abs=0.5)


def test_a_mixture_of_classes_in_three_dimensions():
    model = make_model(dimensions=3)
    label = np.array([[0.5, 0.5, 0.0], [1.0, 0.0, 0.0]], np.float32)

    motion = model.generate(label, np.array([3, 3], np.int32)).numpy()

    assert motion.shape == (2, FRAMES, JOINTS, 3) and np.isfinite(motion).all()
    assert not np.allclose(motion[0], motion[1])
