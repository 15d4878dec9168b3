"""Local servers in the process that runs the tests."""

import contextlib

from serving.local.model_configs import config_of_folder, read_model_configs
from serving.local.server import LocalServer


@contextlib.contextmanager
def local_server(base_path, config_file=None, **options):
    """Yields a `LocalServer` on free ports; `options` are its arguments.

    It serves the model `sagcn` in `base_path`, or the models of a configuration file.
    """
    configs = [config_of_folder("sagcn", base_path, "base_path")]
    read_configs = (lambda: read_model_configs(config_file)) if config_file else lambda: configs
    options = {"port": 0, "rest_port": 0, "poll_seconds": 0.05, **options}
    server = LocalServer(read_configs, **options)
    try:
        server.start()
        yield server
    finally:
        server.stop(grace=5.0)
