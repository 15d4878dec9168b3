"""What gRPC and REST both answer: predict, metadata and status."""

import functools

import grpc
from tensorflow_serving.apis import get_model_metadata_pb2, get_model_status_pb2

from serving.local.batcher import MAX_BATCH_SIZE
from serving.replay import DEFAULT_SIGNATURE
from serving.request_error import invalid_argument


class ModelServer:
    """Answers requests with the models of a `ModelManager`.

    The `spec` of a request is a `ModelSpec`: the name of a model, and maybe a version or a label
    (default: the newest version) and a signature (default: `serving_default`). All methods raise
    a `RequestError` if there is no such model or version.

    Args:
        manager: `ModelManager` of `SessionModel`s.
        batcher: `Batcher`, or None to run each request alone.
    """

    def __init__(self, manager, batcher=None):
        self._manager, self._batcher = manager, batcher

    def predict(self, spec, read_inputs):
        """Runs a signature of a model, alone or merged with other requests.

        Args:
            spec: `ModelSpec`.
            read_inputs: Function of a dict of input name -> dtype that returns a dict of input
                name -> array.

        Returns:
            The number of the version that answered, and a dict of output name -> array.

        Raises:
            RequestError: If the model refuses the request, or INVALID_ARGUMENT if the inputs
                differ in their number of rows or have more than `MAX_BATCH_SIZE`.
        """
        signature = spec.signature_name or DEFAULT_SIGNATURE
        number, model = self._manager.get(spec.name, *_version(spec))
        inputs = read_inputs(model.input_types(signature))
        _check_rows(inputs)
        run = functools.partial(model.run, signature)
        if self._batcher is None:
            return number, run(inputs)
        shapes = [(key, inputs[key].dtype, inputs[key].shape[1:]) for key in sorted(inputs)]
        return number, self._batcher.run((model, signature, shapes), run, inputs)

    def metadata(self, spec):
        """Returns the number of a version and its signatures, a `SignatureDefMap`."""
        number, model = self._manager.get(spec.name, *_version(spec))
        return number, get_model_metadata_pb2.SignatureDefMap(signature_def=model.signatures)

    def status(self, spec):
        """Returns the `GetModelStatusResponse` for one or all versions of a model."""
        response = get_model_status_pb2.GetModelStatusResponse()
        states = get_model_status_pb2.ModelVersionStatus
        for number, version in self._manager.status(spec.name, *_version(spec)).items():
            state = states.END if version.error else states.LOADING
            if version.model is not None:
                state = states.AVAILABLE
            status = response.model_version_status.add(version=number, state=state)
            code = grpc.StatusCode.UNKNOWN if version.error else grpc.StatusCode.OK
            status.status.error_code, status.status.error_message = code.value[0], version.error
        return response


def _version(spec):
    """Returns the number or None, and the label or ""."""
    return spec.version.value if spec.HasField("version") else None, spec.version_label


def _check_rows(inputs):
    sizes = {array.shape[:1] for array in inputs.values()}
    if len(sizes) != 1 or () in sizes:
        shapes = {name: array.shape for name, array in inputs.items()}
        raise invalid_argument(f"expected inputs with the same number of rows, got shapes {shapes}")
    ((rows,),) = sizes
    if rows > MAX_BATCH_SIZE:
        raise invalid_argument(f"expected at most {MAX_BATCH_SIZE} rows, got {rows}")
