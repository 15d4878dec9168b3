"""The models to serve: from a folder, or from a configuration file of TensorFlow Serving."""

import dataclasses
import pathlib
from collections.abc import Mapping

from serving.errors import UserError
from serving.model_server_config import read_model_server_config
from serving.versions import local_path, version_numbers


@dataclasses.dataclass(frozen=True)
class ModelConfig:
    """A model to serve.

    Attributes:
        name: Name that requests use.
        base_path: Folder of its numbered versions.
        num_versions: How many of the newest versions are served.
        versions: Numbers of the versions that are served instead, if there are any.
        labels: Dict of label -> number of the version.
    """

    name: str
    base_path: str
    num_versions: int = 1
    versions: frozenset[int] = frozenset()
    labels: Mapping[str, int] = dataclasses.field(default_factory=dict)

    @classmethod
    def read_all(cls, path):
        """Returns the models of a `ModelServerConfig` text file.

        Raises:
            UserError: If the file cannot be read, or asks for what the local server cannot do.
        """
        config = read_model_server_config(local_path(path))
        models = config.model_config_list.config
        names = [model.name for model in models]
        if not names or len(set(names)) < len(names):
            raise UserError(f"{path}: expected models with different names, got {names}.")
        return [cls._from_message(path, model) for model in models]

    @classmethod
    def from_folder(cls, name, base_path, place):
        """Returns the model of a folder, whose newest version is served.

        Args:
            name: Name that requests use.
            base_path: The folder, as a path or as `file:///PATH`.
            place: What names the folder, for messages.

        Raises:
            UserError: If it is not a folder for the versions of a model.
        """
        folder = local_path(base_path)
        if problem := _problem(pathlib.Path(folder)):
            raise UserError(f"{place}={base_path} {problem}")
        return cls(name, str(folder))

    @classmethod
    def _from_message(cls, path, message):
        policy = message.model_version_policy
        if policy.HasField("all"):
            raise UserError(
                f"{path}: model {message.name!r}: expected the version policy `latest` or "
                "`specific`, got `all`."
            )
        if message.model_platform != "tensorflow":
            raise UserError(
                f'{path}: model {message.name!r}: expected model_platform "tensorflow", got '
                f"{message.model_platform!r}."
            )
        config = cls.from_folder(message.name, message.base_path, f"{path}: base_path")
        return dataclasses.replace(
            config,
            num_versions=max(policy.latest.num_versions, 1),
            versions=frozenset(policy.specific.versions),
            labels=dict(message.version_labels),
        )

    def wanted(self, present):
        """Returns the set of the versions to serve, of the sorted numbers of those that exist."""
        if self.versions:
            return self.versions.intersection(present)
        return set(present[-self.num_versions :])


def _problem(folder):
    """Returns why a folder is none for the versions of a model, or None."""
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
