"""The models to serve: from a folder, or from a configuration file of TensorFlow Serving."""

import pathlib

from tensorflow_serving.config.model_server_config_pb2 import ModelConfig

from serving.errors import UserError
from serving.model_server_config import read_model_server_config
from serving.versions import local_path, version_numbers


def read_model_configs(path):
    """Returns the `ModelConfig`s of a `ModelServerConfig` text file.

    Of each, `name`, `base_path`, the version policy and the version labels are used.

    Raises:
        UserError: If the file cannot be read, or asks for what the local server cannot do.
    """
    configs = list(read_model_server_config(local_path(path)).model_config_list.config)
    names = [config.name for config in configs]
    if not names or len(set(names)) < len(names):
        raise UserError(f"{path}: expected models with different names, got {names}.")
    for config in configs:
        if config.model_platform != "tensorflow":
            raise UserError(
                f'{path}: model {config.name!r}: expected model_platform "tensorflow", got '
                f"{config.model_platform!r}."
            )
        config.base_path = _checked(config.base_path, f"{path}: base_path")
    return configs


def config_of_folder(name, base_path, place):
    """Returns the `ModelConfig` that serves the newest version in a folder.

    Args:
        name: Name that requests use.
        base_path: The folder, as a path or as `file:///PATH`.
        place: Name of the flag or field that gives the folder, for messages.

    Raises:
        UserError: If it is not a folder for the versions of a model.
    """
    return ModelConfig(name=name, base_path=_checked(base_path, place))


def _checked(base_path, place):
    """Returns the path of a folder for the versions of a model."""
    folder = str(local_path(base_path))
    if problem := _problem(pathlib.Path(folder)):
        raise UserError(f"{place}={base_path} {problem}")
    return folder


def _problem(folder):
    """Returns why a folder cannot hold the versions of a model, or None."""
    if not folder.is_dir():
        return (
            "does not exist; expected a folder with numbered versions of a model, as "
            "python -m sagcn_tf.export writes them."
        )
    if (folder / "saved_model.pb").exists():
        return f"is one version of a model; give the folder above, {folder.absolute().parent}"
    if (folder / "checkpoints").exists():
        return (
            "is the folder of a run; export it with python -m sagcn_tf.export and give the "
            "exported folder"
        )
    inside = sorted(path for path in folder.iterdir() if path.name != "withdrawn")
    models = [str(path) for path in inside if version_numbers(path)]
    if models and not version_numbers(folder):
        return f"is a folder of models; give {' or '.join(models)}"
    return None
