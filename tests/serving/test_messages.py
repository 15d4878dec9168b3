import numpy as np
import tensorflow as tf
from tensorflow_serving.apis import predict_pb2

from serving import messages
from serving.tensors import read_array, write_array


def test_a_request_means_the_same_to_tensorflow_serving():
    request = messages.PredictRequest()
    request.model_spec.name, request.model_spec.signature_name = "sagcn", "generate"
    request.model_spec.version.value = 3
    label = np.arange(4, dtype=np.int32)
    write_array(label, request.inputs.add(key="label").value)

    theirs = predict_pb2.PredictRequest.FromString(request.SerializeToString())

    spec = theirs.model_spec
    assert (spec.name, spec.signature_name, spec.version.value) == ("sagcn", "generate", 3)
    np.testing.assert_array_equal(tf.make_ndarray(theirs.inputs["label"]), label)
    assert theirs.SerializeToString(deterministic=True) == request.SerializeToString()


def test_an_answer_of_tensorflow_serving_is_understood():
    theirs = predict_pb2.PredictResponse()
    theirs.model_spec.version.value = 5
    motion = np.random.default_rng(0).normal(size=(2, 3)).astype(np.float32)
    theirs.outputs["motion"].CopyFrom(tf.make_tensor_proto(motion))

    response = messages.PredictResponse.FromString(theirs.SerializeToString())

    assert response.model_spec.version.value == 5
    assert response.outputs[0].key == "motion"
    np.testing.assert_array_equal(read_array(response.outputs[0].value), motion)
