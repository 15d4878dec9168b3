import numpy as np
import pytest
import tensorflow as tf

from sagcn_tf.models.baselines.c_skeleton_gan import CSkeletonGAN
from sagcn_tf.models.baselines.pose_critic import PoseCritic
from sagcn_tf.models.baselines.sequence_critic import SequenceCritic
from sagcn_tf.models.baselines.skeleton_gan import SkeletonGAN
from tests.small_data import CLASS_NAMES, FRAMES, SKELETON, batch_of_clips
from tests.systems import system_config

CLASSES, JOINTS = len(CLASS_NAMES), SKELETON.num_joints
NAMES = {SkeletonGAN: "skeleton_gan", CSkeletonGAN: "c_skeleton_gan"}
STILL = 1e-9  # a learning rate that moves nothing
BATCH = 4
JUDGES = ("discriminator", "classifier")


def make_model(stage, system=SkeletonGAN, dimensions=2, **overrides):
    config = system_config(NAMES[system], **overrides)
    model = system(config, CLASSES, SKELETON, dimensions)
    model.compile()
    model.stage = stage
    return model


def step(model, **batch):
    motion, label = batch_of_clips(BATCH, **batch)
    results = model.update((tf.constant(motion), tf.constant(label)))
    return {name: float(value) for name, value in results.items()}


def weights_of(model):
    return {
        name: [weight.numpy() for weight in network.weights]
        for name, network in model.networks.items()
    }


def moved(before, after):
    """For each network, which of its weights differ from before."""
    return {
        name: [not np.array_equal(*pair) for pair in zip(before[name], after[name], strict=True)]
        for name in before
    }


def record(monkeypatch, network_class):
    """A list to which each call of such a network appends its arguments, as arrays."""
    calls, call = [], network_class.call

    def recording(self, *args):
        calls.append([one if one is None else np.asarray(one) for one in tf.nest.flatten(args)])
        return call(self, *args)

    monkeypatch.setattr(network_class, "call", recording)
    return calls


def set_zero(*layers):
    for layer in layers:
        for weight in layer.weights:
            weight.assign(tf.zeros_like(weight))


def test_the_first_stage_trains_poses_and_the_second_paths_through_them():
    model = make_model(None, steps=6, pose_steps=4)

    assert [model.stage_at(number) for number in range(6)] == ["pose"] * 4 + ["sequence"] * 2


def test_a_step_of_poses_is_five_updates_of_the_critic_and_one_of_the_generator():
    model = make_model("pose", CSkeletonGAN)
    before = weights_of(model)

    results = step(model)

    iterations = {name: int(o.iterations) for name, o in model.optimizers.items()}
    assert iterations == {"D0": 5, "G0": 1, "D": 0, "G": 0}
    changed = moved(before, weights_of(model))
    assert not any(changed["shift_generator"] + changed["discriminator"] + changed["classifier"])
    # All but the bias before batch normalization and the last bias of the critic.
    assert sum(changed["pose_generator"]) >= len(changed["pose_generator"]) - 1
    assert changed["pose_critic"][:-1] == [True] * (len(changed["pose_critic"]) - 1)
    assert {name.split("/")[0] for name in results} == {"D0", "G0"}


def test_the_moving_statistics_follow_those_of_all_six_batches():
    model = make_model("pose", pose_learning_rate=STILL)
    statistics = model.pose_generator.normalization
    for weight in model.pose_generator.hidden.weights:
        weight.assign(tf.zeros_like(weight))
    model.pose_generator.hidden.bias.assign(np.full(1024, 2.0))

    step(model)

    np.testing.assert_allclose(statistics.moving_mean, 2.0 * (1 - 0.99**6), rtol=1e-4)
    np.testing.assert_allclose(statistics.moving_variance, 0.99**6, rtol=1e-4)


def test_the_critic_sees_two_random_frames_of_each_clip_and_others_at_each_update(monkeypatch):
    model = make_model("pose", pose_learning_rate=STILL)
    calls = record(monkeypatch, PoseCritic)
    motion, label = batch_of_clips(BATCH)

    model.update((tf.constant(motion), tf.constant(label)))

    assert len(calls) == 5 * 2 + 1
    picked = []
    for (both, seen_label), (mixed, _) in zip(calls[:10:2], calls[1:10:2], strict=True):
        real, fake = both[:, :2], both[:, 2:]
        np.testing.assert_array_equal(seen_label, label)
        frames = motion.reshape(BATCH, FRAMES, -1)
        differences = np.abs(real[:, :, None] - frames[:, None]).max(axis=-1)  # [batch, 2, T]
        assert differences.min(axis=-1).max() == 0.0
        picked.append(differences.argmin(axis=-1))
        share = (mixed - fake) / (real - fake)
        np.testing.assert_allclose(share, share[..., :1].repeat(2 * JOINTS, axis=-1), atol=1e-2)
        assert share.min() > -0.01 and share.max() < 1.01 and np.ptp(share[..., 0]) > 0.1
    assert len(np.unique(np.stack(picked), axis=0)) == 5
    assert np.unique(picked).size > FRAMES / 2


def test_the_loss_of_poses_is_that_of_wgan_gp():
    """With a linear critic of known slope, and with the same pose for all fakes."""
    model = make_model("pose", pose_learning_rate=STILL)
    slope = np.random.default_rng(1).normal(size=2 * JOINTS).astype(np.float32)
    critic, generator = model.pose_critic, model.pose_generator
    set_zero(critic.hidden, critic.value, generator.coordinates)
    kernel = np.zeros(critic.hidden.kernel.shape, np.float32)
    kernel[: 2 * JOINTS, 0] = slope
    critic.hidden.kernel.assign(kernel)
    critic.hidden.bias.assign(np.full(1024, 100.0))  # within what a ReLU lets pass
    critic.value.kernel.assign(np.eye(1024, 1))
    fake = np.random.default_rng(2).normal(size=2 * JOINTS).astype(np.float32)
    generator.coordinates.bias.assign(fake)
    still = np.random.default_rng(3).normal(size=[BATCH, 1, JOINTS, 2]).astype(np.float32)
    label = batch_of_clips(BATCH)[1]

    results = model.update((tf.repeat(still, FRAMES, axis=1), tf.constant(label)))

    penalty = (np.linalg.norm(slope) - 1) ** 2
    distance = np.mean(still.reshape(BATCH, -1) @ slope) - fake @ slope
    assert float(results["D0/penalty"]) == pytest.approx(penalty, rel=1e-3)
    assert float(results["D0/loss"]) == pytest.approx(10 * penalty - distance, rel=1e-3)
    assert float(results["G0/loss"]) == pytest.approx(-(fake @ slope + 100), rel=1e-3)


def test_both_learning_rates_of_poses_halve_at_each_quarter_of_the_stage():
    model = make_model("pose", steps=1000, pose_steps=400, pose_learning_rate=0.8)

    for done, expected in ((0, 0.8), (99, 0.8), (100, 0.4), (250, 0.2), (399, 0.1)):
        for name, updates in (("D0", 5), ("G0", 1)):
            optimizer = model.optimizers[name]
            optimizer.iterations.assign(updates * done)
            assert float(optimizer.learning_rate) == pytest.approx(expected), (name, done)


@pytest.mark.parametrize("system", NAMES)
def test_a_step_of_sequences_leaves_poses_to_the_bit_as_they_are(system):
    model = make_model("sequence", system)
    before = weights_of(model)

    results = step(model)

    iterations = {name: int(o.iterations) for name, o in model.optimizers.items()}
    assert iterations == {"D0": 0, "G0": 0, "D": 1, "G": 2}
    changed = moved(before, weights_of(model))
    assert not any(changed.pop("pose_generator") + changed.pop("pose_critic"))
    assert all(all(network) for network in changed.values()), changed
    assert changed.keys() == {"shift_generator", "discriminator"} | (
        {"classifier"} if system is CSkeletonGAN else set()
    )
    assert {name.split("/")[0] for name in results} == {"D", "G"} | (
        {"C"} if system is CSkeletonGAN else set()
    )


@pytest.mark.parametrize("system", NAMES)
def test_the_losses_of_sequences(system, monkeypatch):
    """With discriminators that return 0, and with shifts beyond the allowed range."""
    model = make_model("sequence", system, learning_rate=STILL)
    set_zero(*(network.logits for name, network in model.networks.items() if name in JUDGES))
    set_zero(model.shift_generator.shift)
    model.shift_generator.shift.bias.assign([3.0, -3.0] + 10 * [0.5])
    calls = record(monkeypatch, SequenceCritic)

    results = step(model)

    judged = [call for call in calls if len(call[0]) == BATCH][-1][0]  # of the last update
    speed = np.square(np.diff(judged, axis=1)).sum(axis=(1, 2)).mean()
    assert speed > 0
    assert results["D/loss"] == pytest.approx(2 * np.log(2), rel=1e-4)
    assert results["G/loss_D"] == pytest.approx(np.log(2), rel=1e-4)
    assert results["G/loss_shift"] == pytest.approx(0.1 * (FRAMES - 1) * (2 + 10 / 4), rel=1e-5)
    assert results["G/loss_speed"] == pytest.approx(1e-4 * speed, rel=1e-4)
    parts = sum(results[f"G/loss_{name}"] for name in ("D", "shift", "speed"))
    if system is CSkeletonGAN:
        assert results["C/loss_real"] == pytest.approx(np.log(CLASSES), rel=1e-4)
        parts += 0.01 * (results["C/loss_real"] + results["C/loss_fake"])
    assert results["G/loss"] == pytest.approx(parts, rel=1e-4)


def test_the_discriminator_sees_motions_with_their_labels_and_the_classifier_without(monkeypatch):
    model = make_model("sequence", CSkeletonGAN)
    calls = record(monkeypatch, SequenceCritic)
    motion, label = batch_of_clips(BATCH)

    model.update((tf.constant(motion), tf.constant(label)))

    (first, first_label), *rest = calls
    np.testing.assert_array_equal(first[:BATCH], motion.reshape(BATCH, FRAMES, -1))
    np.testing.assert_array_equal(first_label, np.tile(label, [2, 1]))
    fakes = [first[BATCH:]]
    for (fake, fake_label), (both, nothing) in zip(rest[::2], rest[1::2], strict=True):
        np.testing.assert_array_equal(fake_label, label)
        assert nothing is None
        np.testing.assert_array_equal(both, np.concatenate([first[:BATCH], fake]))
        fakes.append(fake)
    assert len(fakes) == 3
    assert not np.allclose(fakes[0], fakes[1]) and not np.allclose(fakes[1], fakes[2])


def test_a_judge_sees_poses_and_how_they_change():
    judge = SequenceCritic(FRAMES, 2 * JOINTS, outputs=2)
    seen = []
    rnn = judge.rnn
    judge.rnn = lambda features: seen.append(features.numpy()) or rnn(features)
    poses = batch_of_clips(BATCH)[0].reshape(BATCH, FRAMES, -1)

    logits = judge(tf.constant(poses))

    expected = np.concatenate([poses[:, :-1], np.diff(poses, axis=1)], axis=-1)
    np.testing.assert_allclose(seen[0], expected, atol=1e-6)
    assert logits.shape == (BATCH, 2)


@pytest.mark.slow
def test_losses_fall_over_twenty_steps_of_each_stage_in_three_dimensions_with_soft_labels():
    model = make_model("pose", CSkeletonGAN, 3, steps=100, pose_steps=80, learning_rate=2e-4)
    motion, label = batch_of_clips(BATCH, dimensions=3)
    label = 0.95 * label + 0.05 * np.roll(label, 1, axis=1)
    batch = (tf.constant(motion), tf.constant(label))
    for stage, losses in (("pose", ["D0/loss"]), ("sequence", ["D/loss", "C/loss_real"])):
        model.stage = stage
        step = tf.function(lambda: model.update(batch))
        first, *_, last = [step() for _ in range(20)]
        assert np.isfinite([float(value) for value in last.values()]).all()
        for name in losses:
            assert float(last[name]) < 0.7 * float(first[name]), (name, first[name], last[name])

    mixtures = np.array([[1, 0, 0], [0.5, 0.5, 0]], np.float32)
    sampled = model.generate(mixtures, np.array([7, 7])).numpy()

    assert sampled.shape == (2, FRAMES, JOINTS, 3) and np.isfinite(sampled).all()
    assert not np.allclose(sampled[0], sampled[1])


def test_motion_is_a_path_through_the_latent_space_of_poses(monkeypatch):
    model = make_model(None)
    label, seed = np.eye(CLASSES, dtype=np.float32)[[0, 0]], np.array([1, 2], np.int32)
    set_zero(model.shift_generator.shift)
    seen = []
    call = model.pose_generator.call

    def recording(inputs, training):
        seen.append(inputs[0])
        return call(inputs, training)

    monkeypatch.setattr(model.pose_generator, "call", recording)

    still = model.sample(label, seed)["motion"].numpy()
    model.shift_generator.shift.bias.assign([2.0, -0.25] + 10 * [0.0])
    moving = model.sample(label, seed)["motion"].numpy()

    np.testing.assert_allclose(still, np.repeat(still[:, :1], FRAMES, axis=1), atol=1e-6)
    assert not np.allclose(still[0], still[1])
    np.testing.assert_allclose(moving[:, 0], still[:, 0], atol=1e-6)
    assert not np.allclose(moving[:, 1], moving[:, 0])
    start, path = seen[0][:2].numpy(), seen[1][:2].numpy()  # without padding rows
    assert np.abs(start).max() <= 1 and np.ptp(start) > 1
    shifts = np.array([1.0, -0.25] + 10 * [0.0])  # 2 is clipped to 1
    np.testing.assert_allclose(
        np.diff(path, axis=1), np.tile(shifts, [2, FRAMES - 1, 1]), atol=1e-5
    )
