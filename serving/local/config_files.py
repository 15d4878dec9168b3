"""The configuration files of TensorFlow Serving that the local server reads as well."""

from google.protobuf import text_format

from serving.errors import UserError
from serving.messages import message_classes

# Not in the package tensorflow-serving-api, which has `ModelServerConfig` alone.
_CLASSES = message_classes(
    "sagcn.serving_config",
    {
        "Int64Value": {"value": (1, "int64")},
        "StringValue": {"value": (1, "string")},
        "BoolValue": {"value": (1, "bool")},
        "BatchingParameters": {
            "max_batch_size": (1, "Int64Value"),
            "batch_timeout_micros": (2, "Int64Value"),
            "max_enqueued_batches": (3, "Int64Value"),
            "num_batch_threads": (4, "Int64Value"),
            "thread_pool_name": (5, "StringValue"),
            "allowed_batch_sizes": (6, "repeated int64"),
            "pad_variable_length_inputs": (7, "bool"),
            "enable_large_batch_splitting": (8, "BoolValue"),
            "max_execution_batch_size": (9, "Int64Value"),
        },
        "PrometheusConfig": {"enable": (1, "bool"), "path": (2, "string")},
        "MonitoringConfig": {"prometheus_config": (1, "PrometheusConfig")},
        "SSLConfig": {
            "server_key": (1, "string"),
            "server_cert": (2, "string"),
            "custom_ca": (3, "string"),
            "client_verify": (4, "bool"),
        },
    },
)
BatchingParameters = _CLASSES["BatchingParameters"]
MonitoringConfig = _CLASSES["MonitoringConfig"]
SSLConfig = _CLASSES["SSLConfig"]


def read_config(path, message_class):
    """Returns the message in a text file.

    Raises:
        UserError: if the file cannot be read, or is no such message.
    """
    try:
        with open(path, encoding="utf-8") as file:
            return text_format.Parse(file.read(), message_class())
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}.") from error
    except (text_format.ParseError, UnicodeDecodeError) as error:
        expected = message_class.DESCRIPTOR.name
        raise UserError(f"{path}: expected a {expected} as text; {error}") from error
