"""A SavedModel in a TensorFlow session."""

import os

import grpc
import numpy as np

from serving.errors import UserError
from serving.request_error import RequestError, failed_precondition, invalid_argument


class SessionModel:
    """Loads and runs a SavedModel the way TensorFlow Serving does.

    It runs the graph with its weights in a session; the Python code of the model is not needed.
    Threads may share a model. Its memory is freed with the last reference to it.

    Args:
        path: Folder of the SavedModel.

    Attributes:
        signatures: Dict of name -> `SignatureDef`.

    Raises:
        UserError: If the folder does not hold a SavedModel that can be loaded.
    """

    def __init__(self, path):
        import tensorflow as tf

        graph = tf.Graph()
        self._session = tf.compat.v1.Session(graph=graph)
        try:
            with graph.as_default():
                meta_graph = tf.compat.v1.saved_model.load(
                    self._session, ["serve"], os.fspath(path)
                )
        except Exception as error:  # TensorFlow raises errors of many types here.
            raise UserError(f"{path} cannot be loaded: {_message(error)}") from error
        graph.finalize()
        # The one without a method only initializes the model.
        self.signatures = {
            name: one for name, one in meta_graph.signature_def.items() if one.method_name
        }

    def input_types(self, signature_name):
        """Returns the inputs of a signature as a dict of name -> NumPy dtype.

        Raises:
            RequestError: FAILED_PRECONDITION if there is no such signature.
        """
        import tensorflow as tf

        inputs = self._signature(signature_name).inputs
        return {name: np.dtype(tf.as_dtype(inputs[name].dtype).as_numpy_dtype) for name in inputs}

    def run(self, signature_name, inputs):
        """Runs a signature.

        Args:
            signature_name: One of `signatures`.
            inputs: Dict of input name -> array, one for each input of the signature.

        Returns:
            Dict of output name -> array; strings are bytes objects.

        Raises:
            RequestError: FAILED_PRECONDITION if there is no such signature, INVALID_ARGUMENT if an
                input has another name, type or shape than in the signature, or the code and
                message of the error that the graph raises.
        """
        import tensorflow as tf

        signature = self._signature(signature_name)
        if inputs.keys() != signature.inputs.keys():
            expected = sorted(signature.inputs)
            raise invalid_argument(f"inputs: expected {expected}, got {sorted(inputs)}")
        for name, array in inputs.items():
            _check_input(name, array, signature.inputs[name])
        feeds = {signature.inputs[name].name: array for name, array in inputs.items()}
        fetches = {name: output.name for name, output in signature.outputs.items()}
        try:
            return self._session.run(fetches, feeds)
        except tf.errors.OpError as error:
            (code,) = (code for code in grpc.StatusCode if code.value[0] == error.error_code)
            raise RequestError(code, _message(error)) from error

    def _signature(self, name):
        if name not in self.signatures:
            raise failed_precondition(
                f"signature {name!r} not found; the model has {sorted(self.signatures)}"
            )
        return self.signatures[name]


def _check_input(name, array, info):
    """Sessions silently convert a wrong type, such as float to int32, so it is checked here."""
    import tensorflow as tf

    dtype, shape = tf.as_dtype(info.dtype), tf.TensorShape(info.tensor_shape)
    if array.dtype != dtype.as_numpy_dtype or not shape.is_compatible_with(array.shape):
        raise invalid_argument(
            f"{name}: expected {dtype.name} of shape {shape}, got {array.dtype} of shape "
            f"{array.shape}"
        )


def _message(error):
    """Returns what TensorFlow says, in one line."""
    message = str(getattr(error, "message", error)).removeprefix("Graph execution error:")
    return " ".join(message.split())
