"""Runs and times a block of layers on clips of different lengths."""

import time


def forward_and_backward(block, inputs, weights):
    """Returns a function that runs a block once, forward and backward.

    Args:
        block: Function of the inputs.
        inputs: Tensor.
        weights: Weights of the block.
    """
    import tensorflow as tf

    variables = [weight.value for weight in weights]

    @tf.function
    def run():
        with tf.GradientTape() as tape:
            tape.watch(inputs)
            outputs = block(inputs)
        return tape.gradient(outputs, [inputs, *variables], output_gradients=outputs)

    return lambda: run()[0].numpy()


def microseconds_per_frame(runs, frames, repeats):
    """Times functions in turn, so that a change in the speed of the machine affects all.

    Args:
        runs: `{case: function}`.
        frames: Frames of all clips that a call of each processes.
        repeats: Runs of each, after one warm-up run; the shortest counts.

    Returns:
        `{case: microseconds}`.
    """
    shortest = dict.fromkeys(runs, float("inf"))
    for number in range(repeats + 1):
        for case, run in runs.items():
            start = time.perf_counter()
            run()
            if number:
                shortest[case] = min(shortest[case], time.perf_counter() - start)
        print(f"  round {number} of {repeats}" if number else "  warm-up round")
    return {case: 1e6 * seconds / frames for case, seconds in shortest.items()}
