"""Configuration files of TensorFlow Serving: which models and versions a server loads."""

from google.protobuf import text_format
from tensorflow_serving.config.model_server_config_pb2 import ModelServerConfig

from serving.errors import UserError


def read_model_server_config(path):
    """Returns the `ModelServerConfig` of a text file.

    Raises:
        UserError: If the file cannot be read or is not one.
    """
    try:
        with open(path, encoding="utf-8") as file:
            return text_format.Parse(file.read(), ModelServerConfig())
    except OSError as error:
        raise UserError(
            f"--model_config_file={path} cannot be read: {error.strerror}. There is one to copy, "
            "serving/models.config; its base_path is the folder as the servers see it"
        ) from error
    except (text_format.ParseError, UnicodeDecodeError) as error:
        raise UserError(f"{path}: expected a ModelServerConfig as text; {error}") from error


def served_versions(policy, present):
    """Returns the set of versions that a `ServableVersionPolicy` selects from sorted numbers."""
    if policy.HasField("specific"):
        return set(policy.specific.versions).intersection(present)
    if policy.HasField("all"):
        return set(present)
    return set(present[-max(policy.latest.num_versions, 1) :])
