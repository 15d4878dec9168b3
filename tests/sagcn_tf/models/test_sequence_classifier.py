import numpy as np
import tensorflow as tf

from sagcn_tf.models.sequence_classifier import SequenceClassifier
from tests.convolution_over_time import convolve
from tests.layer_checks import randomize_weights
from tests.small_data import CLASS_NAMES, FRAMES, SKELETON, batch_of_clips

CLASSES, JOINTS = len(CLASS_NAMES), SKELETON.num_joints


def make_classifier(dimensions=2):
    network = SequenceClassifier(CLASSES, FRAMES, JOINTS, dimensions, widths=(7, 6, 5, 4))
    randomize_weights(network, np.random.default_rng(0))
    return network


def reference_logits(network, motion):
    """One clip, frame by frame."""
    features = []
    for frame in motion:
        hidden = frame.reshape(-1)
        for layer in network.maps:
            hidden = hidden @ layer.kernel.numpy() + layer.bias.numpy()
            hidden = np.where(hidden > 0, hidden, 0.2 * hidden)
        features.append(hidden)
    values = convolve(features, network.convolution)
    return values @ network.head.kernel.numpy() + network.head.bias.numpy()


def test_logits_are_those_of_an_independent_version():
    for dimensions in (2, 3):
        network = make_classifier(dimensions)
        motion, _ = batch_of_clips(dimensions=dimensions)

        logits = network(motion)

        assert logits.shape == (4, CLASSES) and logits.dtype == tf.float32
        expected = [reference_logits(network, clip) for clip in motion]
        np.testing.assert_allclose(logits, expected, rtol=1e-4, atol=1e-4)


def test_features_are_one_number_a_frame_and_all_that_the_last_map_sees():
    network = make_classifier()
    motion, _ = batch_of_clips()

    features = network.features(motion)

    assert features.shape == (4, FRAMES)
    np.testing.assert_allclose(network.head(features), network(motion), rtol=1e-6)


def test_the_paper_s_classifier_has_as_many_weights_as_its_layers_say():
    network = SequenceClassifier(10, 50, 15, 2)

    expected = (30 + 1) * 1000 + (1000 + 1) * 1000 + (1000 + 1) * 1024 + (1024 + 1) * 128
    assert network.count_params() == expected + (3 * 128 + 1) + (50 + 1) * 10
