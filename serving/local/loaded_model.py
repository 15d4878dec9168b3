"""One version of a model, loaded as TensorFlow Serving loads it."""

import gc

from serving.local.serving_error import ServingError, code_of
from serving.local.signature import Signature

_TAG = "serve"


class LoadedModel:
    """A SavedModel in a session of its own: the road that TensorFlow Serving takes as well.

    So it gives the same answers and the same errors as TensorFlow Serving, and all of its memory
    is free again when it is closed. Threads may share it.

    Args:
        path: folder of the SavedModel.

    Attributes:
        signatures: dict of name -> `Signature`.

    Raises:
        Exception: whatever TensorFlow raises if the folder holds no SavedModel that can be loaded.
    """

    def __init__(self, path):
        import tensorflow as tf

        graph = tf.Graph()
        self._session = tf.compat.v1.Session(graph=graph)
        try:
            with graph.as_default():
                meta_graph = tf.compat.v1.saved_model.load(self._session, [_TAG], path)
            graph.finalize()
        except BaseException:
            self.close()
            raise
        self.signatures = {
            name: Signature(definition)
            for name, definition in meta_graph.signature_def.items()
            if definition.method_name  # not the one that only restores the weights
        }

    def run(self, signature_name, output_names, inputs):
        """Runs a signature.

        Args:
            signature_name: one of `signatures`.
            output_names: which of its outputs are wanted.
            inputs: dict of input name -> array, one for each input of the signature.

        Returns:
            List of arrays, in the order of `output_names`.

        Raises:
            ServingError: with the code and the message of TensorFlow's error.
        """
        import tensorflow as tf

        signature = self.signatures[signature_name]
        fetches = [signature.outputs[name] for name in output_names]
        feeds = {signature.inputs[name].place: value for name, value in inputs.items()}
        try:
            return self._session.run(fetches, feeds)
        except tf.errors.OpError as error:
            message = error.message.removeprefix("Graph execution error:").strip()
            raise ServingError(code_of(error.error_code), message) from error

    def close(self):
        """Frees the memory. Nothing may run any more."""
        self._session.close()
        self._session = None
        gc.collect()  # A graph is full of circles.
