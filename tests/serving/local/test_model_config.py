import pathlib

import pytest

from serving.errors import UserError
from serving.local.model_config import ModelConfig

SHIPPED = pathlib.Path(__file__).parents[3] / "serving" / "models.config"


def write(tmp_path, *models):
    path = tmp_path / "models.config"
    path.write_text("model_config_list {" + "".join(f"config {{{one}}}" for one in models) + "}")
    return path


def model(tmp_path, name="sagcn", platform="tensorflow", more=""):
    return f'name: "{name}" base_path: "{tmp_path}" model_platform: "{platform}" {more}'


def test_the_shipped_file_serves_the_two_newest_versions(tmp_path):
    path = tmp_path / "models.config"
    path.write_text(SHIPPED.read_text().replace("/models/sagcn", str(tmp_path)))

    assert ModelConfig.read_all(path) == [ModelConfig("sagcn", str(tmp_path), 2)]


def test_without_a_policy_the_newest_version_is_served(tmp_path):
    path = write(tmp_path, model(tmp_path), model(tmp_path, "other"))

    assert ModelConfig.read_all(path) == [
        ModelConfig("sagcn", str(tmp_path), 1),
        ModelConfig("other", str(tmp_path), 1),
    ]


@pytest.mark.parametrize(
    ("models", "message"),
    [
        ([], r"expected models with different names, got \[\]"),
        ([{}, {}], r"expected models with different names, got \['sagcn', 'sagcn'\]"),
        ([{"platform": "torch"}], "model 'sagcn': expected model_platform \"tensorflow\" and"),
        (
            [{"more": "model_version_policy { all {} }"}],
            "expected the version policy `latest`, got `all`",
        ),
    ],
)
def test_what_the_local_server_cannot_do_is_refused(tmp_path, models, message):
    path = write(tmp_path, *(model(tmp_path, **changes) for changes in models))

    with pytest.raises(UserError, match=f"{path}: .*{message}"):
        ModelConfig.read_all(path)


def test_a_missing_folder_is_refused(tmp_path):
    with pytest.raises(UserError, match="an existing base_path, got 'tensorflow' and .*nowhere"):
        ModelConfig.read_all(write(tmp_path, model(tmp_path / "nowhere")))


@pytest.mark.parametrize("content", [b"models {}", b"\xff\xfe", b"model_config_list {"])
def test_a_file_of_another_kind_is_refused(tmp_path, content):
    path = tmp_path / "models.config"
    path.write_bytes(content)

    with pytest.raises(UserError, match="models.config: expected a ModelServerConfig as text"):
        ModelConfig.read_all(path)
    with pytest.raises(UserError, match=r"nowhere cannot be read: No such file or directory\."):
        ModelConfig.read_all(tmp_path / "nowhere")
