import pathlib

import pytest

from serving.errors import UserError
from serving.local.model_configs import config_of_folder, read_model_configs
from serving.model_server_config import served_versions

SHIPPED = pathlib.Path(__file__).parents[3] / "serving" / "models.config"


def write(tmp_path, *models):
    path = tmp_path / "models.config"
    path.write_text("model_config_list {" + "".join(f"config {{{one}}}" for one in models) + "}")
    return path


def wanted(config, present):
    return served_versions(config.model_version_policy, present)


def model(tmp_path, name="sagcn", platform="tensorflow", more=""):
    return f'name: "{name}" base_path: "{tmp_path}" model_platform: "{platform}" {more}'


def test_the_shipped_file_serves_the_newest_version(tmp_path):
    path = tmp_path / "models.config"
    path.write_text(SHIPPED.read_text().replace("/models/sagcn", str(tmp_path)))

    (config,) = read_model_configs(path)
    assert (config.name, config.base_path) == ("sagcn", str(tmp_path))
    assert wanted(config, [1, 2]) == {2}


def test_without_a_policy_the_newest_version_is_served(tmp_path):
    path = write(tmp_path, model(tmp_path), model(tmp_path, "other"))

    configs = read_model_configs(path)
    assert [config.name for config in configs] == ["sagcn", "other"]
    assert [wanted(config, [1, 2]) for config in configs] == [{2}, {2}]


@pytest.mark.parametrize(
    ("models", "message"),
    [
        ([], r"expected models with different names, got \[\]"),
        ([{}, {}], r"expected models with different names, got \['sagcn', 'sagcn'\]"),
        ([{"platform": "torch"}], 'model .sagcn.: expected model_platform "tensorflow", got'),
    ],
)
def test_what_the_local_server_cannot_do_is_refused(tmp_path, models, message):
    path = write(tmp_path, *(model(tmp_path, **changes) for changes in models))

    with pytest.raises(UserError, match=f"{path}: .*{message}"):
        read_model_configs(path)


def test_a_missing_folder_is_refused(tmp_path):
    with pytest.raises(UserError, match="models.config: base_path=.*nowhere does not exist"):
        read_model_configs(write(tmp_path, model(tmp_path / "nowhere")))


@pytest.mark.parametrize("content", [b"models {}", b"\xff\xfe", b"model_config_list {"])
def test_a_file_of_another_kind_is_refused(tmp_path, content):
    path = tmp_path / "models.config"
    path.write_bytes(content)

    with pytest.raises(UserError, match="models.config: expected a ModelServerConfig as text"):
        read_model_configs(path)
    with pytest.raises(UserError, match=r"nowhere cannot be read: No such file or directory"):
        read_model_configs(tmp_path / "nowhere")


def test_versions_and_labels_of_the_file_are_read(tmp_path):
    more = "model_version_policy { specific { versions: 2 versions: 5 } }"
    more += 'version_labels { key: "stable" value: 2 }'

    (config,) = read_model_configs(write(tmp_path, model(tmp_path, more=more)))

    assert config.version_labels == {"stable": 2}
    assert wanted(config, [1, 2, 3, 4]) == {2}
    assert wanted(config, [2, 5, 6]) == {2, 5}


def test_addresses_of_files_are_paths(tmp_path):
    path = write(tmp_path, model(f"file://{tmp_path}"))

    (config,) = read_model_configs(f"file://{path}")

    assert config.base_path == str(tmp_path)
    with pytest.raises(UserError, match="gs://models/sagcn: expected a folder or file of this mac"):
        config_of_folder("sagcn", "gs://models/sagcn", "--model_base_path")


@pytest.mark.parametrize(
    ("files", "message"),
    [
        (["saved_model.pb"], "x is one version of a model; give the folder above, {parent}"),
        (["checkpoints/best"], "x is the folder of a run; export it with"),
        (["b/1/saved_model.pb"], "x is a folder of models; give {parent}/x/b$"),
        (["a/x", "b/1/y", "c/2/y"], "x is a folder of models; give {parent}/x/b or {parent}/x/c"),
    ],
)
def test_what_is_not_a_folder_of_versions_is_answered_with_a_hint(tmp_path, files, message):
    for name in files:
        (tmp_path / "x" / name).parent.mkdir(parents=True)
        (tmp_path / "x" / name).touch()

    with pytest.raises(UserError, match="--model_base_path=.*" + message.format(parent=tmp_path)):
        config_of_folder("sagcn", tmp_path / "x", "--model_base_path")


@pytest.mark.parametrize("names", [[], ["1"], [".exporting-5a2f"], ["2", "withdrawn/1"]])
def test_a_folder_that_has_or_awaits_versions_is_taken(tmp_path, names):
    for name in names:
        (tmp_path / name).mkdir(parents=True)

    assert config_of_folder("sagcn", tmp_path, "x").base_path == str(tmp_path)
