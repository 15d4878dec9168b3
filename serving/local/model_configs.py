"""Checks of a `ModelServerConfig`, with TensorFlow Serving's messages."""

import os

from serving.local.serving_error import invalid_argument

_PLATFORM = "tensorflow"


def check_configs(configs, before):
    """Returns name -> `ModelConfig`.

    Args:
        configs: the `ModelConfig`s of the new configuration.
        before: name -> `ModelConfig` of the one before.

    Raises:
        ServingError: if a name comes twice, a path is not absolute, or a platform is missing,
            unknown or another than before.
    """
    checked = {}
    for config in configs:
        name = config.name
        if name in checked:
            raise invalid_argument(f"Illegal to list model {name} multiple times in config list")
        if not os.path.isabs(config.base_path):
            raise invalid_argument(
                f"Expected model {name} to have an absolute path or URI; got "
                f"base_path()={config.base_path}"
            )
        checked[name] = config
    for name, config in checked.items():
        platform = _platform(config)
        if name in before and _platform(before[name]) != platform:
            raise invalid_argument(
                f"Illegal to change a model's platform. For model {name} platform was "
                f"{_platform(before[name])} and new platform requested is {platform}"
            )
        if platform != _PLATFORM:
            raise invalid_argument(f"Model {name} requests unsupported platform {platform}")
    return checked


def _platform(config):
    """The platform of a `ModelConfig`, which the deprecated `model_type` may name too."""
    if config.model_type and config.model_platform:
        raise invalid_argument(
            "Illegal setting both ModelServerConfig::model_type (deprecated) and "
            f"ModelServerConfig::model_platform, model name is {config.name}"
        )
    platform = _PLATFORM if config.model_type == 1 else config.model_platform
    if not platform:
        raise invalid_argument(
            "Illegal setting neither ModelServerConfig::model_type (deprecated) nor "
            f"ModelServerConfig::model_platform, model name is {config.name}"
        )
    return platform
