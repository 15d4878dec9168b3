import gc
import pathlib
import weakref

import pytest
from tensorflow_serving.config.model_server_config_pb2 import ModelConfig

from serving.local.model_manager import ModelManager
from serving.request_error import RequestError

LOADING, AVAILABLE, END = 20, 30, 50


class FakeModel:
    """Keeps the path that it was loaded from; a folder with a file `broken` cannot be loaded."""

    loaded = weakref.WeakSet()

    def __init__(self, path):
        if (pathlib.Path(path) / "broken").exists():
            raise RuntimeError("a broken export")
        self.path = path
        FakeModel.loaded.add(self)


@pytest.fixture
def base_path(tmp_path):
    return add_version(tmp_path / "sagcn", 1)


@pytest.fixture
def lines():
    """What the manager reports."""
    return []


@pytest.fixture
def make_manager(base_path, lines):
    """A function that returns an updated manager of one model."""

    def make(num_versions=1):
        latest = {"latest": {"num_versions": num_versions}}
        config = config_of(base_path, model_version_policy=latest)
        manager = ModelManager([config], FakeModel, lines.append)
        manager.update()
        return manager

    return make


def config_of(base_path, **fields):
    return ModelConfig(name="sagcn", base_path=str(base_path), **fields)


def add_version(base_path, number, broken=False):
    (base_path / str(number)).mkdir(parents=True)
    if broken:
        (base_path / str(number) / "broken").touch()
    return base_path


def withdraw(base_path, number):
    (base_path / "withdrawn").mkdir(exist_ok=True)
    (base_path / str(number)).rename(base_path / "withdrawn" / str(number))


def serving(manager, number=None):
    """The number of the version that answers."""
    number, model = manager.get("sagcn", number)
    assert model.path.name == str(number)
    return number


def states(manager):
    """The state of each version: what `ModelServer.status` would say."""
    return {
        number: AVAILABLE if one.model else END if one.error else LOADING
        for number, one in manager.status("sagcn").items()
    }


def refusal(function, *arguments):
    with pytest.raises(RequestError) as caught:
        function(*arguments)
    assert caught.value.code.name == "NOT_FOUND"
    return caught.value.message


def test_the_newest_version_answers_and_the_old_one_is_freed(make_manager, base_path, lines):
    manager = make_manager()
    assert serving(manager) == 1

    add_version(base_path, 2)
    manager.update()
    gc.collect()

    assert serving(manager) == 2
    assert states(manager) == {2: AVAILABLE}
    assert [model.path.name for model in FakeModel.loaded] == ["2"]
    assert lines == [
        "sagcn version 1: ready",
        "sagcn version 2: ready",
        "sagcn version 1: unloaded",
    ]


def test_a_version_is_freed_after_its_last_request(make_manager, base_path):
    manager = make_manager()
    add_version(base_path, 2)

    _, model = manager.get("sagcn")
    manager.update()

    assert model.path == base_path / "1" and model in FakeModel.loaded
    assert serving(manager) == 2
    assert "has no version 1 to serve; loaded: [2]" in refusal(manager.get, "sagcn", 1)
    del model
    gc.collect()
    assert [model.path.name for model in FakeModel.loaded] == ["2"]


def test_a_new_version_is_loaded_before_the_old_one_is_dropped(base_path):
    answering = []

    def load(path):
        answering.append(manager.status("sagcn"))
        return FakeModel(path)

    manager = ModelManager([config_of(base_path)], load)
    manager.update()
    add_version(base_path, 2)
    manager.update()

    seen = [{number: bool(one.model) for number, one in versions.items()} for versions in answering]
    assert seen == [{1: False}, {2: False, 1: True}]


def test_as_many_versions_are_served_as_the_configuration_says(make_manager, base_path):
    for number in (2, 3):
        add_version(base_path, number)

    manager = make_manager(num_versions=2)

    assert states(manager) == {3: AVAILABLE, 2: AVAILABLE}
    assert serving(manager) == 3 and serving(manager, 2) == 2
    assert "has no version 1" in refusal(manager.get, "sagcn", 1)


def test_a_version_that_cannot_be_loaded_leaves_the_old_one_serving(make_manager, base_path, lines):
    manager = make_manager()
    add_version(base_path, 2, broken=True)

    for _ in range(3):
        manager.update()

    assert serving(manager) == 1
    version = manager.status("sagcn", 2)[2]
    assert (version.model, version.error) == (None, "a broken export")
    # It was tried once.
    assert lines == ["sagcn version 1: ready", "sagcn version 2: not loaded: a broken export"]


def test_a_version_that_failed_is_tried_again_when_its_folder_comes_back(make_manager, base_path):
    manager = make_manager()
    add_version(base_path, 2, broken=True)
    manager.update()

    withdraw(base_path, 2)
    manager.update()
    assert states(manager) == {1: AVAILABLE}
    add_version(base_path, 2)
    manager.update()

    assert serving(manager) == 2


def test_after_a_rollback_the_version_before_answers_again(make_manager, base_path):
    manager = make_manager()
    add_version(base_path, 2)
    manager.update()
    assert serving(manager) == 2

    withdraw(base_path, 2)
    manager.update()

    assert serving(manager) == 1


def test_loaded_versions_stay_when_the_folder_is_gone(make_manager, base_path):
    manager = make_manager()

    base_path.rename(base_path.with_name("away"))
    manager.update()

    assert serving(manager) == 1


def test_an_empty_folder_serves_nothing_until_a_version_comes(make_manager, base_path):
    withdraw(base_path, 1)
    manager = make_manager()
    assert "has no versions to serve; loaded: []" in refusal(manager.get, "sagcn")
    assert states(manager) == {}

    add_version(base_path, 2)
    manager.update()

    assert serving(manager) == 2


def test_what_is_not_served_is_not_found(make_manager):
    manager = make_manager()

    assert refusal(manager.get, "x") == "no model 'x'; this server has: ['sagcn']"
    assert refusal(manager.status, "x") == "no model 'x'; this server has: ['sagcn']"
    assert refusal(manager.get, "sagcn", 7).startswith("model 'sagcn' has no version 7 to serve")
    assert refusal(manager.status, "sagcn", 7) == "model 'sagcn' has no version 7; known: [1]"


def labeled(base_path, versions, **labels):
    specific = {"specific": {"versions": versions}}
    return config_of(base_path, model_version_policy=specific, version_labels=labels)


def test_a_label_moves_only_to_a_version_that_is_loaded(base_path, lines):
    manager = ModelManager([labeled(base_path, {1}, stable=1)], FakeModel, lines.append)
    add_version(base_path, 2)
    manager.update()
    lines.clear()

    for _ in range(2):
        # As in TensorFlow Serving, the whole configuration waits, also for what it would load.
        manager.update([labeled(base_path, {2}, stable=2)])
    assert manager.get("sagcn", label="stable")[0] == 1
    assert len(lines) == 1 and lines[0].startswith("sagcn: labels and versions stay, as label stab")

    manager.update([labeled(base_path, {1, 2}, stable=1)])
    manager.update([labeled(base_path, {2}, stable=2)])
    assert manager.get("sagcn", label="stable")[0] == 2
    assert states(manager) == {2: AVAILABLE}
    with pytest.raises(RequestError, match="FAILED_PRECONDITION: .*no version label 'x'; known"):
        manager.get("sagcn", label="x")


def test_other_models_of_a_configuration_that_changed_are_not_loaded(base_path):
    manager = ModelManager([labeled(base_path, {1})], FakeModel)
    manager.update([ModelConfig(name="other", base_path=str(base_path))])

    assert refusal(manager.get, "other").startswith("no model 'other'")
