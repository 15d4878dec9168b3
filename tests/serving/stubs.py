"""Requests through the client code of TensorFlow Serving."""

import grpc
import numpy as np
import tensorflow as tf
from grpc_health.v1 import health_pb2_grpc
from tensorflow_serving.apis import (
    model_service_pb2_grpc,
    predict_pb2,
    prediction_service_pb2_grpc,
)

TIMEOUT = 60.0


class Stubs:
    """All services of a `LocalServer`, on one connection."""

    def __init__(self, server):
        options = [("grpc.use_local_subchannel_pool", 1)]  # one connection per instance
        self.channel = grpc.insecure_channel(f"127.0.0.1:{server.port}", options)
        self.prediction = prediction_service_pb2_grpc.PredictionServiceStub(self.channel)
        self.model = model_service_pb2_grpc.ModelServiceStub(self.channel)
        self.health = health_pb2_grpc.HealthStub(self.channel)

    def predict(self, request):
        """Returns the answer to a `PredictRequest`."""
        return self.prediction.Predict(request, timeout=TIMEOUT)


def request_of(signature="", name="sagcn", version=None, version_label=None, outputs=(), **inputs):
    """Returns a `PredictRequest`, by default for label 2 and seed 9."""
    request = predict_pb2.PredictRequest(output_filter=outputs)
    request.model_spec.name = name
    request.model_spec.signature_name = signature
    if version is not None:
        request.model_spec.version.value = version
    if version_label is not None:
        request.model_spec.version_label = version_label
    inputs = inputs or {"label": np.array([2], np.int32), "seed": np.array([9], np.int32)}
    for key, value in inputs.items():
        request.inputs[key].CopyFrom(tf.make_tensor_proto(value))
    return request


def arrays_of(response):
    """Returns name -> array of a `PredictResponse`."""
    return {name: tf.make_ndarray(tensor) for name, tensor in response.outputs.items()}
