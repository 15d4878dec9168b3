"""From a trained run to the client: its export and the local server."""

import http.client
import json

import numpy as np
import pytest

from sagcn_tf import runs
from serving.request_error import RequestError
from serving.sagcn_client import SagcnClient
from tests.serving.local_servers import local_server
from tests.small_data import CLASS_NAMES, FRAMES, SKELETON
from tests.small_export import small_export, small_run

SEEDS = np.arange(5, 12, dtype=np.int32)


@pytest.fixture(scope="module")
def trained():
    """The model and the data of the run, in Python."""
    model, data, _ = runs.open_run(small_run())
    return model, data


@pytest.fixture(scope="module")
def server():
    with local_server(small_export().path.parent) as server:
        yield server


@pytest.fixture(scope="module")
def client(server):
    with SagcnClient(f"127.0.0.1:{server.port}") as client:
        yield client


def one_hot(*labels):
    return np.tile(np.eye(len(CLASS_NAMES), dtype=np.float32)[list(labels)], (len(SEEDS), 1))


def test_served_motion_is_that_of_the_trained_model(client, trained):
    model, data = trained

    motion = client.generate("bowing", count=len(SEEDS), seed=int(SEEDS[0]))

    expected = model.generate(one_hot(1), SEEDS)
    np.testing.assert_allclose(data.standardize(motion), expected, atol=1e-5)


def test_a_motion_is_the_same_alone_in_a_batch_and_from_another_server(client, start_server):
    many = client.generate("waving", count=40)

    alone = client.generate("waving", seed=33)
    with (
        local_server(small_export().path.parent, batching=False) as again,
        SagcnClient(f"127.0.0.1:{again.port}") as other,
    ):
        elsewhere = other.generate("waving", count=3, seed=32)

    np.testing.assert_array_equal(alone[0], many[33])
    np.testing.assert_array_equal(elsewhere, many[32:35])


def test_mixtures_transitions_and_attention_are_those_of_the_trained_model(client, trained):
    model, data = trained
    count, seed = len(SEEDS), int(SEEDS[0])

    mixed = client.mix({"waving": 0.5, "stepping": 0.5}, count, seed)
    moving = client.transition("waving", "stepping", count, seed)
    attended = client.attend("stepping", count, seed)

    mixture = (one_hot(0) + one_hot(2)) / 2
    np.testing.assert_allclose(data.standardize(mixed), model.generate(mixture, SEEDS), atol=1e-5)
    expected = model.transition(one_hot(0), one_hot(2), SEEDS)
    np.testing.assert_allclose(data.standardize(moving), expected, atol=1e-5)
    expected = model.attend(one_hot(2), SEEDS)
    np.testing.assert_allclose(attended["attention"], expected["attention"], atol=1e-5)
    np.testing.assert_array_equal(attended["kept"], expected["kept"])


def test_the_export_describes_itself(client):
    description = client.describe()

    assert list(description.class_names) == CLASS_NAMES
    assert description.skeleton == SKELETON.to_metadata()
    assert (description.frames, description.dimensions) == (FRAMES, 2)


def test_requests_that_the_graph_refuses_do_no_harm(client):
    for ask in (
        lambda: client.generate(len(CLASS_NAMES)),
        lambda: client.generate(-1),
        lambda: client.transition("waving", 99),
        lambda: client.mix({"waving": 0.7, "bowing": 0.7}),
        lambda: client.mix({"waving": 1.5, "bowing": -0.5}),
        lambda: client.mix({"waving": float("nan"), "bowing": 1.0}),
    ):
        with pytest.raises(RequestError, match="INVALID_ARGUMENT: .*label"):
            ask()

    assert np.isfinite(client.generate("waving")).all()


def test_a_model_without_a_classifier_says_so(client):
    with pytest.raises(RequestError, match="FAILED_PRECONDITION: signature 'classify' not found"):
        client.classify(np.zeros((1, FRAMES, SKELETON.num_joints, 2)))


def test_rest_gives_the_same_motion(server, client):
    connection = http.client.HTTPConnection("127.0.0.1", server.rest_port, timeout=60)
    body = json.dumps({"instances": [{"label": 1, "seed": 5}]})
    connection.request("POST", "/v1/models/sagcn:predict", body)
    answer = json.loads(connection.getresponse().read())
    connection.close()

    motion = np.array(answer["predictions"], np.float32)
    np.testing.assert_array_equal(motion, client.generate(1, seed=5))
