"""The weights of a network, as checkpoints store them."""


def weights_of(network) -> list:
    """The weights of a network, as a `tf.train.Checkpoint` takes them.

    Given the network itself, it would skip every layer that Keras keeps in a list or dictionary.
    """
    return [weight.value for weight in network.weights]
