import numpy as np
import pytest

from sagcn_tf.models.tuned.clip_latent import ClipLatent
from tests.layer_checks import randomize_weights
from tests.small_data import CLASS_NAMES, small_config
from tests.tuned_reference import clip_latent

CLASSES = len(CLASS_NAMES)
LABEL = np.eye(CLASSES, dtype=np.float32)[:, None]  # [C, 1, C]


def make_latent(frames=11, trained=True, **overrides):
    """The layer, with random or with initial weights."""
    layer = ClipLatent(small_config("tuned", **overrides), CLASSES, frames)
    layer(np.zeros([1, layer.size], np.float32), LABEL[:1])
    if trained:
        randomize_weights(layer, np.random.default_rng(0))
    return layer


def draw_noise(layer, count, seed=1):
    return np.random.default_rng(seed).normal(size=[count, layer.size]).astype(np.float32)


def frame_noise_of_many_clips(**overrides):
    """Noise of 5,000 clips before any training, when nothing scales it: `[5000, R, V]`."""
    layer = make_latent(trained=False, **overrides)
    return layer(draw_noise(layer, 5000), np.repeat(LABEL[:1], 5000, axis=0))[1].numpy()


@pytest.mark.parametrize(
    "changes",
    [{}, {"modes": 0}, {"waves": 0}, {"waves": 1}, {"noise_memory": 0.0}, {"modes": 0, "waves": 0}],
)
def test_latent_and_frame_noise_are_those_of_an_independent_version(changes):
    layer = make_latent(**changes)
    noise = draw_noise(layer, CLASSES)
    label = np.random.default_rng(2).dirichlet(np.ones(CLASSES), size=[CLASSES, 1])

    latent, frame_noise = layer(noise, np.float32(label))

    config = layer.config
    assert latent.shape == (CLASSES, 1, config.latent + CLASSES)
    assert frame_noise.shape == (CLASSES, 11, config.frame_noise + 2 * config.waves)
    for clip in range(CLASSES):
        expected = clip_latent(layer, noise[clip], np.repeat(label[clip], 11, axis=0))
        np.testing.assert_allclose(latent[clip, 0], expected[0][0], rtol=1e-4, atol=1e-5)
        np.testing.assert_allclose(frame_noise[clip], expected[1], rtol=1e-4, atol=1e-4)


def test_each_frame_may_have_its_own_label():
    layer = make_latent()
    noise = draw_noise(layer, 2)
    label = np.random.default_rng(2).dirichlet(np.ones(CLASSES), size=[2, 11])

    latent, frame_noise = layer(noise, np.float32(label))

    for clip in range(2):
        expected = clip_latent(layer, noise[clip], label[clip])
        np.testing.assert_allclose(latent[clip], expected[0], rtol=1e-4, atol=1e-5)
        np.testing.assert_allclose(frame_noise[clip], expected[1], rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("memory", [0.0, 0.9])
def test_in_each_frame_each_number_is_a_standard_gaussian(memory):
    """Drift and waves: means, spreads, tails, and no correlation between components."""
    values = frame_noise_of_many_clips(frames=30, noise_memory=memory)

    assert np.abs(values.mean(axis=0)).max() < 0.07
    assert np.abs(values.std(axis=0) - 1).max() < 0.05
    assert np.mean(np.abs(values) > 1.96) == pytest.approx(0.05, abs=0.005)
    for frame in (0, 7, 29):
        correlation = np.corrcoef(values[:, frame].T)
        assert np.abs(correlation - np.eye(len(correlation))).max() < 0.06


@pytest.mark.parametrize("memory", [0.0, 0.5, 0.95])
def test_drift_is_correlated_over_time_by_a_power_of_its_memory(memory):
    values = frame_noise_of_many_clips(frames=30, noise_memory=memory, waves=0)

    for first, second in ((0, 1), (0, 5), (10, 11), (10, 13), (9, 29)):
        correlation = np.mean(values[:, first] * values[:, second])  # of four numbers each
        assert correlation == pytest.approx(memory ** (second - first), abs=0.04)


def test_waves_repeat_after_their_period_and_stand_opposite_after_half_of_it():
    """Two waves, of 8 and of 64 frames, each in two quadratures a quarter of a period apart."""
    layer = make_latent(frames=129, trained=False)
    noise = layer(draw_noise(layer, 3), LABEL)[1].numpy()
    waves = noise[..., layer.config.frame_noise :]

    for number, period in enumerate((8, 64)):
        wave, quadrature = waves[..., number], waves[..., 2 + number]
        np.testing.assert_allclose(wave[:, period:], wave[:, :-period], atol=1e-4)
        np.testing.assert_allclose(wave[:, period // 2 :], -wave[:, : -period // 2], atol=1e-4)
        np.testing.assert_allclose(wave[:, period // 4 :], quadrature[:, : -period // 4], atol=1e-4)
        assert np.ptp(wave, axis=1).min() > 0.1


def test_a_clip_has_one_of_the_modes_of_its_class_and_each_as_likely():
    """Clips that differ only in the mode have as many latent vectors as there are modes."""
    layer = make_latent(modes=5)
    noise = np.zeros([4000, layer.size], np.float32)
    config = layer.config
    of_modes = slice(config.clip_noise, config.clip_noise + config.modes)
    noise[:, of_modes] = draw_noise(layer, 4000)[:, of_modes]
    seen = []

    for label in LABEL:
        latent, _ = layer(noise, np.repeat(label[None], 4000, axis=0))
        rows, counts = np.unique(np.round(latent[:, 0], 3), axis=0, return_counts=True)
        assert len(rows) == 5
        # 800 are expected, with a standard deviation of 25.
        assert np.abs(counts - 800).max() < 100
        seen.append(rows)

    assert len(np.unique(np.concatenate(seen), axis=0)) == 5 * CLASSES


def test_before_training_noise_of_frames_is_as_loud_for_each_class_and_clip():
    layer = make_latent(trained=False)
    noise = np.repeat(draw_noise(layer, 1), CLASSES, axis=0)

    _, frame_noise = layer(noise, LABEL)

    np.testing.assert_array_equal(frame_noise, np.repeat(frame_noise[:1], CLASSES, axis=0))
