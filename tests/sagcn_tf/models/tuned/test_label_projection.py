import numpy as np
import pytest

from sagcn_tf.models.tuned.label_projection import LabelProjection
from tests.layer_checks import randomize_weights


def make_projection(width, classes):
    layer = LabelProjection(width)
    layer(np.zeros([1, width], np.float32), np.zeros([1, classes], np.float32))
    randomize_weights(layer, np.random.default_rng(0))
    return layer


@pytest.mark.parametrize(("width", "classes"), [(7, 3), (1, 1)])
def test_logit_is_a_linear_map_and_a_product_with_the_embedded_class(width, classes):
    layer = make_projection(width, classes)
    rng = np.random.default_rng(1)
    hidden, label = rng.normal(size=[4, width]), rng.dirichlet(np.ones(classes), size=4)

    logits = layer(np.float32(hidden), np.float32(label))

    assert logits.shape == (4,)
    w, (b,) = layer.linear.kernel.numpy()[:, 0], layer.linear.bias.numpy()
    embedding = layer.embedding.kernel.numpy()
    for logit, h, y in zip(logits, hidden, label, strict=True):
        expected = b + sum(w[i] * h[i] for i in range(width))
        for i in range(width):
            for c in range(classes):
                expected += y[c] * embedding[c, i] * h[i] / np.sqrt(width)
        assert float(logit) == pytest.approx(expected, rel=1e-4)


def test_without_features_the_class_does_not_matter():
    layer = make_projection(7, 3)

    logits = layer(np.zeros([3, 7], np.float32), np.eye(3, dtype=np.float32))

    np.testing.assert_array_equal(logits, np.repeat(layer.linear.bias, 3))
