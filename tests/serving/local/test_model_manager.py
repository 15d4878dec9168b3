import threading
import time

import grpc
import pytest
from tensorflow_serving.apis.model_pb2 import ModelSpec
from tensorflow_serving.config.model_server_config_pb2 import ModelServerConfig

from serving.local.model_manager import ModelManager
from serving.local.serving_error import ServingError

START, LOADING, AVAILABLE, UNLOADING, END = 10, 20, 30, 40, 50


class FakeModel:
    """Holds the path that it was loaded from; `BROKEN` paths cannot be loaded."""

    loaded = set()

    def __init__(self, path):
        if (path / "broken").exists():
            raise RuntimeError("a broken export")
        self.path = path
        FakeModel.loaded.add(path)

    def close(self):
        FakeModel.loaded.remove(self.path)


@pytest.fixture
def base_path(tmp_path):
    return add_version(tmp_path / "sagcn", 1)


@pytest.fixture
def make_manager(tmp_path):
    FakeModel.loaded = set()
    managers = []

    def make(**options):
        import pathlib

        options = {"load_retry_interval": 0.0, "max_num_load_retries": 0, **options}
        managers.append(ModelManager(lambda path: FakeModel(pathlib.Path(path)), **options))
        return managers[-1]

    yield make
    for manager in managers:
        manager.close()
    assert FakeModel.loaded == set()


def add_version(base_path, number, broken=False):
    (base_path / str(number)).mkdir(parents=True)
    if broken:
        (base_path / str(number) / "broken").touch()
    return base_path


def remove_version(base_path, number):
    for file in (base_path / str(number)).iterdir():
        file.unlink()
    (base_path / str(number)).rmdir()


def config_of(*models):
    """A configuration of (name, base path, {label: version}, versions to serve)."""
    config = ModelServerConfig()
    for name, base_path, labels, versions in models:
        model = config.model_config_list.config.add(
            name=name, base_path=str(base_path), model_platform="tensorflow"
        )
        model.version_labels.update(labels)
        model.model_version_policy.specific.versions.extend(versions)
        if not versions:
            model.model_version_policy.latest.num_versions = 1
    return config


def spec_of(name="sagcn", number=None, label=None):
    spec = ModelSpec(name=name)
    if number is not None:
        spec.version.value = number
    if label is not None:
        spec.version_label = label
    return spec


def serving(manager, **spec):
    """The version that answers."""
    with manager.model(spec_of(**spec)) as (number, model):
        assert model.path.name == str(number)
        return number


def states(manager):
    return {number: version.state for number, version in manager.versions(spec_of())}


def refusal(function, *arguments):
    with pytest.raises(ServingError) as caught:
        function(*arguments)
    return caught.value.code, caught.value.message


def test_the_newest_version_answers_and_the_old_one_is_freed(make_manager, base_path):
    manager = make_manager()
    manager.reload(config_of(("sagcn", base_path, {}, [])))
    assert serving(manager) == 1

    add_version(base_path, 2)
    manager.update()

    assert serving(manager) == 2
    assert states(manager) == {2: AVAILABLE, 1: END}
    assert FakeModel.loaded == {base_path / "2"}


def test_an_old_version_is_drained_before_it_is_freed(make_manager, base_path):
    manager = make_manager()
    manager.reload(config_of(("sagcn", base_path, {}, [])))
    add_version(base_path, 2)

    with manager.model(spec_of()) as (number, model):
        updating = threading.Thread(target=manager.update)
        updating.start()
        while states(manager).get(1) != UNLOADING:
            time.sleep(0.001)
        assert (number, serving(manager)) == (1, 2)
        assert model.path in FakeModel.loaded
        code, message = refusal(lambda: serving(manager, number=1))
        assert code == grpc.StatusCode.NOT_FOUND
        assert message == "Servable not found for request: Specific(sagcn, 1)"
    updating.join()

    assert states(manager)[1] == END


def test_a_version_that_cannot_be_loaded_leaves_the_old_one_serving(make_manager, base_path):
    manager = make_manager(max_num_load_retries=1)
    manager.reload(config_of(("sagcn", base_path, {}, [])))

    add_version(base_path, 2, broken=True)
    manager.update()

    assert serving(manager) == 1
    version = dict(manager.versions(spec_of()))[2]
    assert (version.state, version.error) == (END, "a broken export")


def test_a_version_that_fails_is_tried_again_after_a_pause(make_manager, base_path):
    manager = make_manager(max_num_load_retries=5, load_retry_interval=0.05)
    manager.reload(config_of(("sagcn", base_path, {}, [])))
    add_version(base_path, 2, broken=True)
    manager.update()
    assert states(manager)[2] == LOADING

    (base_path / "2" / "broken").unlink()
    manager.update()
    assert serving(manager) == 1  # The pause is not over.
    time.sleep(0.05)
    manager.update()

    assert serving(manager) == 2


def test_taking_the_newest_away_goes_back_to_the_one_before(make_manager, base_path):
    manager = make_manager()
    add_version(base_path, 2)
    manager.reload(config_of(("sagcn", base_path, {}, [])))
    assert serving(manager) == 2

    remove_version(base_path, 2)
    manager.update()
    assert serving(manager) == 1

    add_version(base_path, 2)
    manager.update()
    assert serving(manager) == 2


def test_what_is_loaded_stays_when_the_whole_folder_is_gone(make_manager, base_path):
    lines = []
    manager = make_manager(report=lines.append)
    manager.reload(config_of(("sagcn", base_path, {}, [])))

    base_path.rename(base_path.with_name("away"))
    manager.update()
    manager.update()

    assert serving(manager) == 1
    assert lines == [
        "sagcn version 1: ready",
        f"sagcn: {base_path}: No such file or directory",  # said once
    ]


def test_an_empty_folder_serves_nothing(make_manager, base_path):
    manager = make_manager()
    manager.reload(config_of(("sagcn", base_path, {}, [])))

    remove_version(base_path, 1)
    manager.update()

    code, message = refusal(lambda: serving(manager))
    assert (code, message) == (
        grpc.StatusCode.NOT_FOUND,
        "Servable not found for request: Latest(sagcn)",
    )


def test_labels_name_versions_and_move(make_manager, base_path):
    manager = make_manager()
    add_version(base_path, 2)
    manager.reload(config_of(("sagcn", base_path, {}, [1, 2])))
    manager.reload(config_of(("sagcn", base_path, {"stable": 1, "canary": 2}, [1, 2])))
    assert serving(manager, label="stable") == 1
    assert serving(manager, label="canary") == 2

    manager.reload(config_of(("sagcn", base_path, {"stable": 2}, [1, 2])))

    assert serving(manager, label="stable") == 2
    assert refusal(lambda: serving(manager, label="canary")) == (
        grpc.StatusCode.INVALID_ARGUMENT,
        "Unrecognized servable version label: canary",
    )


def test_a_label_may_name_only_what_is_loaded(make_manager, base_path):
    config = config_of(("sagcn", base_path, {"stable": 1}, []))
    code, message = refusal(make_manager().reload, config)
    assert code == grpc.StatusCode.FAILED_PRECONDITION
    assert message == (
        "Request to assign label to version 1 of model sagcn, which is not currently available "
        "for inference"
    )

    manager = make_manager(allow_labels_for_unavailable=True)
    manager.reload(config)
    assert serving(manager, label="stable") == 1
    # A label in use may still not move to what is not loaded.
    code, _ = refusal(manager.reload, config_of(("sagcn", base_path, {"stable": 9}, [])))
    assert code == grpc.StatusCode.FAILED_PRECONDITION
    assert serving(manager, label="stable") == 1


def test_a_new_configuration_serves_its_models_and_no_others(make_manager, base_path):
    other = add_version(base_path.with_name("other"), 5)
    manager = make_manager()
    manager.reload(config_of(("sagcn", base_path, {}, [])))

    manager.reload(config_of(("other", other, {}, [])))

    assert serving(manager, name="other") == 5
    assert refusal(lambda: serving(manager))[0] == grpc.StatusCode.NOT_FOUND
    assert FakeModel.loaded == {other / "5"}


def test_a_new_model_that_cannot_be_loaded_is_an_error(make_manager, base_path):
    broken = add_version(base_path.with_name("broken"), 1, broken=True)

    code, message = refusal(make_manager().reload, config_of(("broken", broken, {}, [])))

    assert code == grpc.StatusCode.UNKNOWN
    assert message == (
        "1 model(s) did not become available: {{name: broken version: 1} due to error: a broken "
        "export}"
    )


@pytest.mark.parametrize(
    ("spec", "code", "message"),
    [
        (spec_of(""), "INVALID_ARGUMENT", "ModelSpec has no name specified."),
        (spec_of("other"), "NOT_FOUND", "Servable not found for request: Latest(other)"),
        (spec_of(number=7), "NOT_FOUND", "Servable not found for request: Specific(sagcn, 7)"),
    ],
)
def test_a_wrong_specification_is_refused_as_by_tensorflow_serving(
    make_manager, base_path, spec, code, message
):
    manager = make_manager()
    manager.reload(config_of(("sagcn", base_path, {}, [])))

    with pytest.raises(ServingError) as caught, manager.model(spec):
        pass

    assert (caught.value.code.name, caught.value.message) == (code, message)


def test_the_status_of_what_never_was_served_is_not_found(make_manager, base_path):
    manager = make_manager()
    manager.reload(config_of(("sagcn", base_path, {}, [])))

    assert refusal(manager.versions, spec_of(number=7)) == (
        grpc.StatusCode.NOT_FOUND,
        "Could not find version 7 of model sagcn",
    )
    assert refusal(manager.versions, spec_of("other")) == (
        grpc.StatusCode.NOT_FOUND,
        "Could not find any versions of model other",
    )
