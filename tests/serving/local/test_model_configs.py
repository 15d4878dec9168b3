import pytest
from tensorflow_serving.config.model_server_config_pb2 import ModelConfig

from serving.local.model_configs import check_configs
from serving.local.serving_error import ServingError

GOOD = ModelConfig(name="sagcn", base_path="/models/sagcn", model_platform="tensorflow")


def changed(**fields):
    config = ModelConfig()
    config.CopyFrom(GOOD)
    for field, value in fields.items():
        setattr(config, field, value)
    return config


def test_good_configurations_are_found_by_name():
    other = changed(name="other")

    assert check_configs([GOOD, other], {"sagcn": GOOD}) == {"sagcn": GOOD, "other": other}


def test_the_deprecated_model_type_still_names_the_platform():
    old = changed(model_platform="", model_type=1)

    assert check_configs([old], {"sagcn": GOOD}) == {"sagcn": old}


@pytest.mark.parametrize(
    ("configs", "message"),
    [
        ([GOOD, GOOD], "Illegal to list model sagcn multiple times in config list"),
        ([changed(base_path="models")], "absolute path or URI; got base_path()=models"),
        ([changed(model_platform="")], "Illegal setting neither"),
        ([changed(model_type=1)], "Illegal setting both"),
        (
            [changed(name="x", model_platform="torch")],
            "Model x requests unsupported platform",
        ),
        (
            [changed(model_platform="torch")],
            "Illegal to change a model's platform",
        ),
    ],
)
def test_what_tensorflow_serving_refuses_is_refused(configs, message):
    with pytest.raises(ServingError) as caught:
        check_configs(configs, {"sagcn": GOOD})

    assert caught.value.code.name == "INVALID_ARGUMENT"
    assert message in caught.value.message
