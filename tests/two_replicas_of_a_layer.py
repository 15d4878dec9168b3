"""One training call of a layer of ST-GCN on two CPU replicas with different clips.

`python -m tests.two_replicas_of_a_layer FILE` saves its moving statistics, a row for each replica.
A process of its own, because the devices have to be there before TensorFlow starts.
"""

import sys
import warnings

import numpy as np
import tensorflow as tf

from sagcn_tf.layers import STGraphConvolution

DEVICES = ("CPU:0", "CPU:1")


def features(replica):
    """`[batch, N, T, C]`, of another mean and spread on each replica."""
    rng = np.random.default_rng(replica)
    return rng.normal(10.0 * replica, 1.0 + replica, size=[2, 3, 4, 2]).astype(np.float32)


def make_layer():
    """A layer whose output is the mean over all three joints, channel by channel."""
    layer = STGraphConvolution(2, np.ones([3, 3]), center=0)
    layer.build((None, 3, 4, 2))
    layer.kernel.assign(np.tile(np.eye(2), [3, 1]))  # each joint: the mean of the three
    return layer


def main(path):
    """Calls the layer once on both replicas and saves what each has for statistics."""
    cpu = tf.config.list_physical_devices("CPU")[0]
    halves = [tf.config.LogicalDeviceConfiguration()] * len(DEVICES)
    tf.config.set_logical_device_configuration(cpu, halves)
    strategy = tf.distribute.MirroredStrategy(DEVICES)
    with strategy.scope():
        layer = make_layer()
    each = tf.constant(np.stack([features(0), features(1)]))

    def call():
        context = tf.distribute.get_replica_context()
        layer(each[context.replica_id_in_sync_group], training=True)

    tf.function(lambda: strategy.run(call))()
    normalization = layer.spatial_normalization
    statistics = {"mean": normalization.moving_mean, "variance": normalization.moving_variance}
    np.savez(
        path, **{name: [copy.numpy() for copy in w.value.values] for name, w in statistics.items()}
    )


if __name__ == "__main__":
    warnings.simplefilter("error")
    main(sys.argv[1])
