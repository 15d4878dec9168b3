"""TensorFlow Serving's ModelService."""

from tensorflow_serving.apis import (
    get_model_status_pb2,
    model_management_pb2,
    model_service_pb2_grpc,
)

from serving.local.serving_error import ServingError, invalid_argument


class ModelService(model_service_pb2_grpc.ModelServiceServicer):
    """GetModelStatus and HandleReloadConfigRequest.

    Args:
        manager: `ModelManager`.
    """

    def __init__(self, manager):
        self._manager = manager

    def GetModelStatus(self, request, context):  # noqa: N802, the name in TensorFlow Serving
        """Returns the state of one or all versions of a model."""
        try:
            return self.status(request)
        except ServingError as error:
            context.abort(error.code, error.details)

    def HandleReloadConfigRequest(self, request, context):  # noqa: N802
        """Serves the models of the configuration, and no others."""
        response = model_management_pb2.ReloadConfigResponse()
        try:
            if request.config.WhichOneof("config") != "model_config_list":
                raise invalid_argument(
                    "ServerModelConfig type not supported by HandleReloadConfigRequest. Only "
                    "ModelConfigList is currently supported"
                )
            self._manager.reload(request.config)
        except ServingError as error:
            context.abort(error.code, error.details)
        return response

    def status(self, request):
        """Returns the `GetModelStatusResponse` to a `GetModelStatusRequest`.

        Raises:
            ServingError: if the request is wrong, or the model or version was never served.
        """
        if not request.HasField("model_spec"):
            raise invalid_argument("Missing ModelSpec")
        response = get_model_status_pb2.GetModelStatusResponse()
        for number, version in self._manager.versions(request.model_spec):
            status = response.model_version_status.add(version=number, state=version.state)
            status.status.error_code = version.error_code
            status.status.error_message = version.error
        return response
