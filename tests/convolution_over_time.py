"""A reference of D_V's last layers: a convolution over three frames, in NumPy."""

import numpy as np


def convolve(features, convolution):
    """Returns a value for each frame of a clip.

    Args:
        features: List of T arrays `[F]`.
        convolution: `keras.layers.Conv1D` with kernel size 3 and one filter.
    """
    nothing = np.zeros_like(features[0])
    padded = [nothing, *features, nothing]
    kernel, bias = convolution.kernel.numpy(), convolution.bias.numpy()
    return [
        sum(padded[t + tap] @ kernel[tap, :, 0] for tap in range(3)) + bias[0]
        for t in range(len(features))
    ]
