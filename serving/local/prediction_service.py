"""TensorFlow Serving's PredictionService, as far as the local server has it."""

from tensorflow_serving.apis import (
    get_model_metadata_pb2,
    predict_pb2,
    prediction_service_pb2_grpc,
)

from serving.local.serving_error import ServingError, invalid_argument
from serving.local.tensor_messages import read_tensors, write_tensor

_SIGNATURES = "signature_def"


class PredictionService(prediction_service_pb2_grpc.PredictionServiceServicer):
    """Predict and GetModelMetadata; the other methods answer UNIMPLEMENTED.

    Args:
        predictor: `Predictor`.
    """

    def __init__(self, predictor):
        self._predictor = predictor

    def Predict(self, request, context):  # noqa: N802, the name in TensorFlow Serving
        """Runs a signature of a model."""
        try:
            if not request.HasField("model_spec"):
                raise invalid_argument("Missing ModelSpec")
            spec, outputs = self._predictor.predict(
                request.model_spec,
                lambda signature: read_tensors(request.inputs, signature),
                list(request.output_filter),
                # When the client has gone, its request need not run any more.
                on_queued=lambda future: context.add_callback(future.cancel) or future.cancel(),
            )
        except ServingError as error:
            context.abort(error.code, error.details)
        response = predict_pb2.PredictResponse(model_spec=spec)
        for name, array in outputs.items():
            write_tensor(array, response.outputs[name])
        return response

    def GetModelMetadata(self, request, context):  # noqa: N802
        """Returns the signatures of a model."""
        try:
            return self.metadata(request)
        except ServingError as error:
            context.abort(error.code, error.details)

    def metadata(self, request):
        """Returns the `GetModelMetadataResponse` to a `GetModelMetadataRequest`.

        Raises:
            ServingError: if the request is wrong or the model is not served.
        """
        if not request.HasField("model_spec"):
            raise invalid_argument("Missing ModelSpec")
        if not request.metadata_field:
            raise invalid_argument(
                "GetModelMetadataRequest must specify at least one metadata_field"
            )
        for field in request.metadata_field:
            if field != _SIGNATURES:
                raise invalid_argument(f"Metadata field {field} is not supported")
        number, signatures = self._predictor.signatures(request.model_spec)
        response = get_model_metadata_pb2.GetModelMetadataResponse()
        response.model_spec.name = request.model_spec.name
        response.model_spec.version.value = number
        definitions = {name: signature.definition for name, signature in signatures.items()}
        signature_map = get_model_metadata_pb2.SignatureDefMap(signature_def=definitions)
        response.metadata[_SIGNATURES].Pack(signature_map)
        return response
