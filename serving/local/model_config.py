"""The models to serve: from a folder, or from a configuration file of TensorFlow Serving."""

import dataclasses
import os

from google.protobuf import text_format

from serving.errors import UserError


@dataclasses.dataclass(frozen=True)
class ModelConfig:
    """A model to serve.

    Attributes:
        name: Name that requests use.
        base_path: Folder of its numbered versions.
        num_versions: How many of the newest versions are served.
    """

    name: str
    base_path: str
    num_versions: int = 1

    @classmethod
    def read_all(cls, path):
        """Returns the models of a `ModelServerConfig` text file.

        Of each model, `name`, `base_path` and the policy `latest` are used. Version labels are
        ignored.

        Args:
            path: The file.

        Raises:
            UserError: If the file cannot be read, or asks for what the local server cannot do.
        """
        from tensorflow_serving.config.model_server_config_pb2 import ModelServerConfig

        try:
            with open(path, encoding="utf-8") as file:
                config = text_format.Parse(file.read(), ModelServerConfig())
        except OSError as error:
            raise UserError(f"{path} cannot be read: {error.strerror}.") from error
        except (text_format.ParseError, UnicodeDecodeError) as error:
            raise UserError(f"{path}: expected a ModelServerConfig as text; {error}") from error
        models = config.model_config_list.config
        names = [model.name for model in models]
        if not names or len(set(names)) < len(names):
            raise UserError(f"{path}: expected models with different names, got {names}.")
        return [cls._from_message(path, model) for model in models]

    @classmethod
    def _from_message(cls, path, message):
        policy = message.model_version_policy
        if policy.WhichOneof("policy_choice") not in (None, "latest"):
            raise UserError(
                f"{path}: model {message.name!r}: expected the version policy `latest`, got "
                f"`{policy.WhichOneof('policy_choice')}`."
            )
        if message.model_platform != "tensorflow" or not os.path.isdir(message.base_path):
            raise UserError(
                f'{path}: model {message.name!r}: expected model_platform "tensorflow" and an '
                f"existing base_path, got {message.model_platform!r} and {message.base_path!r}."
            )
        return cls(message.name, message.base_path, max(policy.latest.num_versions, 1))
