"""Answers Predict requests: finds the model, checks the input, runs it, alone or in a batch."""

import concurrent.futures

import grpc

from serving.local.serving_error import ServingError, failed_precondition

DEFAULT_SIGNATURE = "serving_default"


class Predictor:
    """What Predict does, for gRPC and REST alike.

    Args:
        manager: `ModelManager` of `LoadedModel`s.
        batcher: `Batcher`, or None to run each request alone.
    """

    def __init__(self, manager, batcher):
        self._manager, self._batcher = manager, batcher

    def predict(self, spec, read_inputs, output_filter=(), timeout=None, on_queued=None):
        """Runs a signature of a model.

        Args:
            spec: `ModelSpec`.
            read_inputs: function of the `Signature` that returns a dict of name -> array.
            output_filter: names of the outputs that are wanted; all of them if empty.
            timeout: seconds to wait for the answer, or None.
            on_queued: function that is called with the future of the answer, or None.

        Returns:
            The `ModelSpec` of what answered, and a dict of output name -> array.

        Raises:
            ServingError: with TensorFlow Serving's code where something is wrong.
        """
        name = spec.signature_name or DEFAULT_SIGNATURE
        with self._manager.model(spec) as (number, model):
            if name not in model.signatures:
                raise failed_precondition(f'Serving signature key "{name}" not found.')
            signature = model.signatures[name]
            inputs = read_inputs(signature)
            for alias, array in inputs.items():
                signature.check_input(alias, array)
            outputs = signature.wanted_outputs(output_filter)

            def run(arrays):
                return model.run(name, outputs, arrays)

            if self._batcher is None:
                arrays = run(inputs)
            else:
                inner = tuple(inputs[alias].shape[1:] for alias in signature.inputs)
                kind = (model, name, tuple(outputs), inner)
                future = self._batcher.submit(kind, run, inputs)
                if on_queued is not None:
                    on_queued(future)
                arrays = _wait(future, timeout)
        answered = type(spec)(name=spec.name, signature_name=name)
        answered.version.value = number
        return answered, dict(zip(outputs, arrays, strict=True))

    def signatures(self, spec):
        """Returns the version number and the signatures of the model of a `ModelSpec`.

        Raises:
            ServingError: if it is not served.
        """
        with self._manager.model(spec) as (number, model):
            return number, model.signatures


def _wait(future, timeout):
    try:
        return future.result(timeout)
    except concurrent.futures.TimeoutError:
        future.cancel()
        raise ServingError(
            grpc.StatusCode.DEADLINE_EXCEEDED, "Run() timeout exceeded while waiting for the batch"
        ) from None
    except concurrent.futures.CancelledError:
        raise ServingError(grpc.StatusCode.CANCELLED, "The call was cancelled.") from None
