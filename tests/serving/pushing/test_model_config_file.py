import threading

import numpy as np
import pytest
from google.protobuf import text_format
from tensorflow_serving.config.model_server_config_pb2 import ModelServerConfig

from serving.errors import UserError
from serving.pushing import infra_validation, pusher
from serving.pushing.evaluation import Thresholds
from serving.pushing.model_config_file import ModelConfigFile
from serving.request_error import RequestError
from serving.sagcn_client import SagcnClient
from serving.versions import version_numbers
from tests.build_file import ROOT
from tests.serving.closed_form_model import expected_motion
from tests.serving.local_servers import local_server


@pytest.fixture(autouse=True)
def no_checks(monkeypatch):
    """Lets every model pass at once."""
    monkeypatch.setattr(infra_validation, "validate", lambda *_: {"not_replayed": []})
    monkeypatch.setattr(pusher, "_evaluate", lambda *_: (None, {}))


class Served:
    """A served folder with a configuration file, and the states of the file over time."""

    def __init__(self, folder):
        self.base_path, self.path = folder / "sagcn", folder / "models.config"
        self.base_path.mkdir()
        text = (ROOT / "serving" / "models.config").read_text()
        self.path.write_text(text.replace("/models/sagcn", str(self.base_path)))
        self.states = []
        self.model = folder / "export"
        self.model.mkdir()
        (self.model / "saved_model.pb").touch()

    def read(self):
        """The versions that servers load and the labels."""
        config = text_format.Parse(self.path.read_text(), ModelServerConfig())
        (model,) = config.model_config_list.config
        return set(model.model_version_policy.specific.versions), dict(model.version_labels)

    def config_file(self, wait=None):
        def record():
            self.states.append((*self.read(), version_numbers(self.base_path)))

        config = ModelConfigFile(
            self.path, "sagcn", lambda: version_numbers(self.base_path), settle_seconds=0
        )
        config._wait = wait or record
        return config

    def push(self, *labels, model=None, wait=None):
        config = self.config_file(wait)
        model = model or self.model
        path = pusher.push(
            model, self.base_path, Thresholds(), 1, 1, lambda line: None, config, labels
        )
        return int(path.name)


@pytest.fixture
def served(tmp_path):
    return Served(tmp_path)


def test_a_label_stays_with_its_version_over_five_pushes_until_it_is_moved(served):
    found = []
    for labels in (["stable", "canary"], ["canary"], ["canary"], ["stable"], []):
        served.push(*labels)
        found.append(served.read())

    assert found == [
        ({1}, {"stable": 1, "canary": 1}),
        ({1, 2}, {"stable": 1, "canary": 2}),
        ({1, 3}, {"stable": 1, "canary": 3}),
        ({3, 4}, {"stable": 4, "canary": 3}),
        ({3, 4, 5}, {"stable": 4, "canary": 3}),
    ]
    assert served.path.read_text().startswith("# A ModelServerConfig.")


def test_labels_of_a_withdrawn_version_move_to_the_one_that_is_served_then(served):
    for labels in (["stable"], ["stable", "canary"]):
        served.push(*labels)

    path, _ = pusher.roll_back(served.base_path, served.config_file())

    assert path.name == "1"
    assert served.read() == ({1}, {"stable": 1, "canary": 1})


def test_servers_can_follow_every_step(served):
    """TensorFlow Serving refuses a file that moves a label to a version it has not loaded."""
    for labels in (["stable", "canary"], ["canary"], ["stable"], [], ["stable"]):
        served.push(*labels)
        served.states.append((*served.read(), version_numbers(served.base_path)))
    for _ in range(2):
        pusher.roll_back(served.base_path, served.config_file())
        served.states.append((*served.read(), version_numbers(served.base_path)))

    assert len(served.states) > 12
    for (loaded, before, _), (versions, labels, folders) in zip(
        served.states, served.states[1:], strict=False
    ):
        for label, number in labels.items():
            assert number in versions <= set(folders)
            assert before.get(label, number) == number or number in loaded


def test_labels_move_to_the_newest_version_without_a_push(served):
    for labels in (["stable"], ["canary"]):
        served.push(*labels)

    assert pusher.move_labels(served.base_path, served.config_file(), ["stable"]) == 2
    assert served.read() == ({2}, {"stable": 2, "canary": 2})

    (served.base_path / "2" / "saved_model.pb").write_bytes(b"changed")
    with pytest.raises(UserError, match="2 has changed since it was blessed"):
        pusher.move_labels(served.base_path, served.config_file(), ["stable"])


@pytest.mark.parametrize(
    ("policy", "versions"),
    [("latest {}", {3, 4}), ("latest { num_versions: 2 }", {2, 3, 4}), ("all {}", {1, 2, 3, 4})],
)
def test_what_servers_load_already_stays_until_they_have_the_new_version(served, policy, versions):
    for number in (1, 2, 3):
        (served.base_path / str(number)).mkdir()
    text = served.path.read_text()
    start = text.index("latest {")
    served.path.write_text(text[:start] + policy + text[text.index("}", start) + 1 :])

    assert served.push() == 4

    assert served.states[0] == (versions, {}, [1, 2, 3, 4])
    assert served.read() == ({4}, {})


def test_what_is_not_the_configuration_of_the_model_is_named(served):
    with pytest.raises(UserError, match=r"expected the model 'other', as the served folder is "):
        ModelConfigFile(served.path, "other", list, 0)
    served.path.write_text("models {}")
    with pytest.raises(UserError, match="models.config: expected a ModelServerConfig as text"):
        ModelConfigFile(served.path, "sagcn", list, 0)


@pytest.mark.slow
def test_clients_on_a_label_are_answered_by_its_version_over_five_pushes_and_a_rollback(
    served, exports
):
    served.push("stable", model=exports[1])
    labeled, failures, stop = [1], [], threading.Event()

    def ask():
        with SagcnClient(address, version_label="stable", timeout=60) as client:
            try:
                while not stop.is_set():
                    allowed = set(labeled)
                    motion = client.generate("walking")
                    allowed |= set(labeled)
                    assert any(
                        np.array_equal(motion, expected_motion(version, [0], [0]))
                        for version in allowed
                    )
            except (RequestError, AssertionError) as error:
                failures.append(error)

    with local_server(served.base_path, served.path) as server:
        address = f"127.0.0.1:{server.port}"

        def wait():
            """Waits until the server follows the file, as `settle_seconds` does."""
            versions, labels = served.read()
            for number in versions:
                ask_until_answered(address, version=number)
            with SagcnClient(address, version_label="stable") as client:
                while client.describe().version != labels["stable"]:
                    assert not failures

        clients = [threading.Thread(target=ask) for _ in range(4)]
        [client.start() for client in clients]
        for number, labels in ((2, []), (3, ["stable"]), (4, ["canary"]), (5, ["stable"])):
            labeled[:] = [labeled[-1], number] if "stable" in labels else labeled[-1:]
            assert served.push(*labels, model=exports[number], wait=wait) == number
            wait()
        labeled[:] = [5, 4]
        pusher.roll_back(served.base_path, served.config_file(wait))
        stop.set()
        [client.join() for client in clients]

    assert failures == []
    assert served.read() == ({4}, {"stable": 4, "canary": 4})


def ask_until_answered(address, **version):
    with SagcnClient(address, **version) as client:
        while True:
            try:
                client.describe()
            except RequestError as error:
                assert error.code.name == "NOT_FOUND"
            else:
                return
