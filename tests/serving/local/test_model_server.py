import numpy as np
import pytest
from tensorflow_serving.apis.model_pb2 import ModelSpec
from tensorflow_serving.config.model_server_config_pb2 import ModelConfig

from serving.local.batcher import Batcher
from serving.local.model_manager import ModelManager
from serving.local.model_server import ModelServer
from serving.request_error import RequestError

SPEC = ModelSpec(name="sagcn")


class FakeModel:
    """Repeats its input under the name of the signature."""

    signatures = {}

    def __init__(self, path):
        self.path = path

    def input_types(self, signature):
        return {"x": np.dtype(np.int32)}

    def run(self, signature, inputs):
        return {signature: inputs["x"]}


@pytest.fixture(params=[True, False], ids=["batching", "no batching"])
def model_server(request, tmp_path):
    (tmp_path / "3").mkdir()
    config = ModelConfig(name="sagcn", base_path=str(tmp_path), version_labels={"stable": 3})
    manager = ModelManager([config], FakeModel)
    manager.update()
    return ModelServer(manager, Batcher() if request.param else None)


def read_inputs(types):
    return {name: np.array([1, 2], dtype) for name, dtype in types.items()}


@pytest.mark.parametrize(("given", "run"), [("", "serving_default"), ("mix", "mix")])
def test_a_request_runs_its_signature_or_the_default(model_server, given, run):
    spec = ModelSpec(name="sagcn", signature_name=given)

    number, outputs = model_server.predict(spec, read_inputs)

    assert number == 3
    assert {name: array.tolist() for name, array in outputs.items()} == {run: [1, 2]}


def test_a_version_may_be_named_by_number(model_server):
    spec = ModelSpec(name="sagcn")
    spec.version.value = 3
    assert model_server.predict(spec, read_inputs)[0] == 3
    assert model_server.metadata(spec)[0] == 3

    spec.version.value = 0
    with pytest.raises(RequestError, match="NOT_FOUND: model 'sagcn' has no version 0"):
        model_server.predict(spec, read_inputs)


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        ({"x": np.zeros(65)}, "expected at most 64 rows, got 65"),
        ({}, "the same number of rows, got shapes {}"),
        ({"x": np.array(1)}, r"the same number of rows, got shapes {.x.: \(\)}"),
        ({"x": np.zeros(1), "y": np.zeros(2)}, r"got shapes {.x.: \(1,\), .y.: \(2,\)}"),
    ],
)
def test_inputs_that_are_not_a_batch_are_refused(model_server, inputs, message):
    with pytest.raises(RequestError, match=f"INVALID_ARGUMENT: .*{message}"):
        model_server.predict(SPEC, lambda types: inputs)


def test_a_version_may_be_named_by_label(model_server):
    assert (
        model_server.predict(ModelSpec(name="sagcn", version_label="stable"), read_inputs)[0] == 3
    )
    assert model_server.metadata(ModelSpec(name="sagcn", version_label="stable"))[0] == 3
    (status,) = model_server.status(
        ModelSpec(name="sagcn", version_label="stable")
    ).model_version_status
    assert status.version == 3
    with pytest.raises(
        RequestError, match="FAILED_PRECONDITION: model .sagcn. has no version label"
    ):
        model_server.status(ModelSpec(name="sagcn", version_label="x"))


def test_the_status_has_the_error_of_a_version(tmp_path):
    def load(path):
        if path.name == "2":
            raise OSError("broken")
        return FakeModel(path)

    for number in (1, 2):
        (tmp_path / str(number)).mkdir()
    config = ModelConfig(name="sagcn", base_path=str(tmp_path), model_version_policy={"all": {}})
    manager = ModelManager([config], load)
    manager.update()

    two, one = ModelServer(manager).status(SPEC).model_version_status

    assert (two.version, two.state, two.status.error_code) == (2, two.END, 2)
    assert two.status.error_message == "broken"
    assert (one.version, one.state, one.status.error_code) == (1, one.AVAILABLE, 0)
