import pytest
from tensorflow_serving.apis.get_model_status_pb2 import ModelVersionStatus

from serving.local.model_version import ModelVersion


@pytest.mark.parametrize(
    ("version", "state"),
    [
        (ModelVersion(), "LOADING"),
        (ModelVersion(model=object()), "AVAILABLE"),
        (ModelVersion(error="broken"), "END"),
    ],
)
def test_the_state_follows_from_the_model_and_the_error(version, state):
    assert ModelVersionStatus.State.Name(version.state) == state
