"""Serves models on a laptop or in a test, with TensorFlow Serving's gRPC and REST interfaces.

python -m serving.local_server --model_base_path=models/sagcn --port=8500 --rest_api_port=8501

It has Predict, GetModelMetadata, GetModelStatus and health checking over gRPC; predict, status and
metadata over REST; batching and warm-up. It picks up new versions and labels.
It is not TensorFlow Serving, and not for production: it is written in Python, for one machine and
tens of requests at a time. serving/README.md lists what is missing.
"""

import signal
import threading

from absl import flags

from serving.errors import UserError, run_main

_FLAGS = flags.FLAGS


def define_flags():
    """Defines the flags of the command line."""
    flags.DEFINE_string("model_base_path", None, "Folder of the model's numbered versions.")
    flags.DEFINE_string("model_name", "sagcn", "Name of the model in --model_base_path.")
    flags.DEFINE_string(
        "model_config_file", None, "ModelServerConfig text file, instead of --model_base_path."
    )
    flags.DEFINE_string("host", "127.0.0.1", "Address to listen on; 0.0.0.0 for all.")
    flags.DEFINE_integer("port", 8500, "gRPC port.", 1, 65535)
    flags.DEFINE_integer("rest_api_port", 8501, "REST port; 0 for no REST.", 0, 65535)
    flags.DEFINE_boolean("enable_batching", True, "Whether to merge concurrent requests.")
    flags.DEFINE_boolean(
        "rest_api_enable_cors_support", False, "Whether pages of other origins may use REST."
    )
    flags.register_multi_flags_validator(
        ["model_base_path", "model_config_file"],
        lambda values: (values["model_base_path"] is None) != (values["model_config_file"] is None),
        "Give --model_base_path or --model_config_file, not both.",
    )


def main(_):
    """Runs the server until SIGTERM or Ctrl-C."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    from serving.local.server import LocalServer

    server = LocalServer(
        _config_reader(),
        _FLAGS.host,
        _FLAGS.port,
        _FLAGS.rest_api_port or None,
        batching=_FLAGS.enable_batching,
        cors=_FLAGS.rest_api_enable_cors_support,
        report=lambda line: print(line, flush=True),
    )
    try:
        server.start()
    except UserError:
        server.stop(grace=0)
        raise
    rest = f", REST on {server.rest_port}" if server.rest_port else ""
    print(f"Serving: gRPC on {_FLAGS.host}:{server.port}{rest}", flush=True)
    stop.wait()
    print("Stopping: running requests are finished, new ones are refused.", flush=True)
    server.stop()


def _config_reader():
    """Returns a function that returns the `ModelConfig`s; those of a file may change."""
    from serving.local.model_configs import config_of_folder, read_model_configs

    if _FLAGS.model_config_file:
        return lambda: read_model_configs(_FLAGS.model_config_file)
    base_path = _FLAGS.model_base_path
    configs = [config_of_folder(_FLAGS.model_name, base_path, "--model_base_path")]
    return lambda: configs


if __name__ == "__main__":
    define_flags()
    run_main(main)
