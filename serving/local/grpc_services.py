"""The gRPC interface: predict, model metadata and model status."""

from tensorflow_serving.apis import (
    get_model_metadata_pb2,
    model_service_pb2_grpc,
    predict_pb2,
    prediction_service_pb2_grpc,
)

from serving.replay import DEFAULT_SIGNATURE
from serving.request_error import RequestError, invalid_argument
from serving.tensors import read_array, write_array

_MAX_MESSAGE = 1000  # characters; gRPC limits the size of the trailer that holds an error
_MAX_VALUES = 2**20  # as many as fit into a message
_SIGNATURES = "signature_def"


class GrpcServices(
    prediction_service_pb2_grpc.PredictionServiceServicer,
    model_service_pb2_grpc.ModelServiceServicer,
):
    """TensorFlow Serving's PredictionService and ModelService; other methods are UNIMPLEMENTED.

    Args:
        model_server: `ModelServer`.
    """

    def __init__(self, model_server):
        self._model_server = model_server

    def add_to(self, server):
        """Adds the services to a `grpc.Server`."""
        prediction_service_pb2_grpc.add_PredictionServiceServicer_to_server(self, server)
        model_service_pb2_grpc.add_ModelServiceServicer_to_server(self, server)

    def Predict(self, request, context):  # noqa: N802, the name in TensorFlow Serving
        """Runs a signature of a model."""
        return _answer(context, self._predict, request)

    def GetModelMetadata(self, request, context):  # noqa: N802
        """Returns the signatures of a model."""
        return _answer(context, self._metadata, request)

    def GetModelStatus(self, request, context):  # noqa: N802
        """Returns the state of one or all versions of a model."""
        return _answer(context, self._model_server.status, request.model_spec)

    def _predict(self, request):
        spec, response = request.model_spec, predict_pb2.PredictResponse()
        number, outputs = self._model_server.predict(spec, lambda _: _read_inputs(request.inputs))
        for name in set(request.output_filter) or outputs:
            if name not in outputs:
                raise invalid_argument(f"output_filter: {name!r} is not one of {sorted(outputs)}")
            write_array(outputs[name], response.outputs[name])
        response.model_spec.name = spec.name
        response.model_spec.version.value = number
        response.model_spec.signature_name = spec.signature_name or DEFAULT_SIGNATURE
        return response

    def _metadata(self, request):
        fields = list(request.metadata_field)
        if fields != [_SIGNATURES]:
            raise invalid_argument(f"metadata_field: expected [{_SIGNATURES!r}], got {fields}")
        number, signatures = self._model_server.metadata(request.model_spec)
        response = get_model_metadata_pb2.GetModelMetadataResponse()
        response.model_spec.name = request.model_spec.name
        response.model_spec.version.value = number
        response.metadata[_SIGNATURES].Pack(signatures)
        return response


def _answer(context, function, request):
    """Returns `function(request)`; a `RequestError` becomes the status of the call."""
    try:
        return function(request)
    except RequestError as error:
        context.abort(error.code, error.message[:_MAX_MESSAGE])


def _read_inputs(tensors):
    arrays = {}
    for name, tensor in tensors.items():
        try:
            arrays[name] = read_array(tensor, _MAX_VALUES)
        except ValueError as error:
            raise invalid_argument(f"input {name}: {error}") from error
    return arrays
