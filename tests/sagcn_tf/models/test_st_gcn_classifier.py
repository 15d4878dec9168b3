import numpy as np
import tensorflow as tf

from sagcn_tf.models.st_gcn_classifier import STGCNClassifier
from tests.small_data import CLASS_NAMES, FRAMES, SKELETON, batch_of_clips

CLASSES = len(CLASS_NAMES)


def make_classifier(dimensions=2):
    network = STGCNClassifier(CLASSES, FRAMES, SKELETON, dimensions, filters=(3, 4, 5))
    rng = np.random.default_rng(0)
    for weight in network.weights:
        weight.assign(rng.uniform(0.2, 1.0, size=weight.shape))
    return network


def test_logits_are_the_layers_one_after_another():
    network = make_classifier()
    motion, _ = batch_of_clips()

    logits = network(motion)

    assert logits.shape == (4, CLASSES) and logits.dtype == tf.float32
    normal = network.normalization
    gamma, beta, mean, variance = (
        weight.numpy().reshape(motion.shape[2:])
        for weight in (normal.gamma, normal.beta, normal.moving_mean, normal.moving_variance)
    )
    hidden = gamma * (motion - mean) / np.sqrt(variance + 1e-5) + beta
    first, second, third = network.convolutions
    hidden = first(hidden.transpose(0, 2, 1, 3)).numpy()
    hidden = second((hidden[:, :, ::2] + hidden[:, :, 1::2]) / 2).numpy()
    hidden = third((hidden[:, :, ::2] + hidden[:, :, 1::2]) / 2).numpy()
    features = hidden.mean(axis=(1, 2))
    np.testing.assert_allclose(network.features(motion), features, rtol=1e-4)
    expected = features @ network.head.kernel.numpy() + network.head.bias.numpy()
    np.testing.assert_allclose(logits, expected, rtol=1e-4)


def test_the_order_of_frames_and_the_skeleton_matter():
    network = make_classifier(dimensions=3)
    motion, _ = batch_of_clips(dimensions=3)
    features = network.features(motion).numpy()

    backward = network.features(motion[:, ::-1]).numpy()
    mirrored = network.features(motion[:, :, ::-1]).numpy()
    for other in (backward, mirrored):
        assert np.abs(other - features).max() > 1e-3 * np.abs(features).max()


def test_training_reaches_every_weight():
    network = make_classifier()
    motion, label = batch_of_clips()

    with tf.GradientTape() as tape:
        losses = tf.nn.softmax_cross_entropy_with_logits(label, network(motion, training=True))
    gradients = tape.gradient(losses, [weight.value for weight in network.trainable_weights])

    assert all(np.isfinite(gradient).all() for gradient in gradients)
    # Every weight has an effect, except a bias before a normalization by the batch.
    idle = [
        weight.path
        for weight, gradient in zip(network.trainable_weights, gradients, strict=True)
        if not np.any(gradient) and weight.name != "bias"
    ]
    assert not idle
