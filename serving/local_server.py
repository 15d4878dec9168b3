"""A small stand-in for TensorFlow Serving, for laptops and tests.

python -m serving.local_server --model_base_path=models/sagcn --port=8500 --rest_port=8501

It has TensorFlow Serving's PredictionService (Predict, GetModelMetadata), ModelService, gRPC
health checking and REST routes (predict, status, metadata), its flags, defaults, version policy
and error codes. It is not TensorFlow Serving: it is written in Python, for one machine and tens of
requests at a time. It has no Classify, Regress or MultiInference, no metrics, no request log, no
remote file systems, and REST is never encrypted. It differs in three defaults: it listens on
loopback only, batches requests, and takes messages of 4 MiB at most.
"""

import os
import signal
import threading

from absl import flags

from serving.errors import UserError, run_main

_FLAGS = flags.FLAGS


def define_flags():
    """Defines the flags of the command line."""
    flags.DEFINE_string("model_base_path", None, "Folder of the model's numbered versions.")
    flags.DEFINE_string("model_name", "sagcn", "Name of the model.")
    flags.DEFINE_string(
        "model_config_file", None, "ModelServerConfig as text, instead of --model_base_path."
    )
    flags.DEFINE_string("host", "127.0.0.1", "Address to listen on; 0.0.0.0 for all.")
    flags.DEFINE_integer("port", 8500, "Port of gRPC.", 1, 65535)
    flags.DEFINE_integer("rest_api_port", 8501, "Port of REST; 0 for none.", 0, 65535)
    flags.DEFINE_alias("rest_port", "rest_api_port")
    flags.DEFINE_integer("rest_api_timeout_in_ms", 30000, "Longest time of a REST request.", 1)
    flags.DEFINE_boolean("enable_batching", True, "Whether concurrent requests are merged.")
    flags.DEFINE_string(
        "batching_parameters_file",
        os.path.join(os.path.dirname(__file__), "batching_parameters.txt"),
        "How they are merged: BatchingParameters as text.",
    )
    flags.DEFINE_string(
        "ssl_config_file", None, "SSLConfig as text: gRPC speaks TLS. Needs --rest_api_port=0."
    )
    flags.DEFINE_integer("max_message_bytes", 4 * 2**20, "Largest request.", 1, 2**31 - 1)
    flags.DEFINE_float(
        "file_system_poll_wait_seconds", 1.0, "Pause between looks for new versions; 0: none.", 0
    )
    flags.DEFINE_integer(
        "max_num_load_retries", 5, "How often a version that fails is loaded again.", 0
    )
    flags.DEFINE_integer(
        "load_retry_interval_micros", 60_000_000, "Pause before it is loaded again.", 0
    )
    flags.DEFINE_boolean(
        "allow_version_labels_for_unavailable_models",
        False,
        "Whether a new label may name a version that is not loaded yet.",
    )
    flags.register_multi_flags_validator(
        ["model_base_path", "model_config_file"],
        lambda values: (values["model_base_path"] is None) != (values["model_config_file"] is None),
        "Give --model_base_path or --model_config_file, not both.",
    )
    flags.register_multi_flags_validator(
        ["ssl_config_file", "rest_api_port"],
        lambda values: values["ssl_config_file"] is None or values["rest_api_port"] == 0,
        "REST is not encrypted: --ssl_config_file needs --rest_api_port=0.",
    )


def read_options():
    """Returns the `ServerOptions` of the flags.

    Raises:
        UserError: if a file or folder that a flag names cannot be used.
    """
    from serving.local.batching_options import BatchingOptions
    from serving.local.server_options import ServerOptions
    from serving.local.tls import read_credentials

    batching_file = _FLAGS.batching_parameters_file if _FLAGS.enable_batching else None
    batching = BatchingOptions.from_file(batching_file) if batching_file else None
    tls_file = _FLAGS.ssl_config_file
    credentials = read_credentials(tls_file) if tls_file else None
    return ServerOptions(
        config=_read_models(),
        host=_FLAGS.host,
        port=_FLAGS.port,
        rest_port=_FLAGS.rest_api_port or None,
        batching=batching,
        credentials=credentials,
        max_message_bytes=_FLAGS.max_message_bytes,
        rest_timeout=_FLAGS.rest_api_timeout_in_ms / 1e3,
        poll_seconds=_FLAGS.file_system_poll_wait_seconds,
        max_num_load_retries=_FLAGS.max_num_load_retries,
        load_retry_interval=_FLAGS.load_retry_interval_micros / 1e6,
        allow_version_labels_for_unavailable_models=(
            _FLAGS.allow_version_labels_for_unavailable_models
        ),
    )


def main(_):
    """Runs the server until SIGTERM or Ctrl-C."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    options = read_options()
    import tensorflow as tf

    from serving.local.server import LocalServer
    from serving.local.serving_error import ServingError

    tf.get_logger().setLevel("ERROR")  # The session's loader has a notice of deprecation.
    server = LocalServer(options, report=lambda line: print(line, flush=True))
    try:
        server.start()
    except (ServingError, UserError) as error:
        server.stop(grace=0)
        raise UserError(str(error)) from error
    rest = f", REST on {server.rest_port}" if server.rest_port else ""
    print(f"Serving: gRPC on {options.host}:{server.port}{rest}", flush=True)
    stop.wait()
    print("Stopping: no new requests, those that run are answered.", flush=True)
    server.stop()


def _read_models():
    from tensorflow_serving.config.model_server_config_pb2 import ModelServerConfig

    from serving.local.config_files import read_config

    if _FLAGS.model_config_file:
        return read_config(_FLAGS.model_config_file, ModelServerConfig)
    path = os.path.abspath(_FLAGS.model_base_path)
    if not os.path.isdir(path):
        raise UserError(
            f"--model_base_path={_FLAGS.model_base_path}: expected a folder with numbered versions "
            "of a model, as python -m sagcn_tf.export writes them; there is no such folder."
        )
    config = ModelServerConfig()
    config.model_config_list.config.add(
        name=_FLAGS.model_name, base_path=path, model_platform="tensorflow"
    )
    return config


if __name__ == "__main__":
    define_flags()
    run_main(main)
