"""Local servers in the process that runs the tests."""

import contextlib

from tensorflow_serving.config.model_server_config_pb2 import ModelServerConfig

from serving.local.server import LocalServer
from serving.local.server_options import ServerOptions


def config_of(base_path):
    """Returns a configuration of one model, `sagcn`, and that model's part of it."""
    config = ModelServerConfig()
    model = config.model_config_list.config.add(
        name="sagcn", base_path=str(base_path), model_platform="tensorflow"
    )
    return config, model


@contextlib.contextmanager
def local_server(base_path, **options):
    """Yields a `LocalServer` on free ports; `options` are those of `ServerOptions`."""
    defaults = {"port": 0, "rest_port": 0, "poll_seconds": 0.05}
    config = options.pop("config", config_of(base_path)[0])
    server = LocalServer(ServerOptions(config=config, **{**defaults, **options}))
    try:
        server.start()
        yield server
    finally:
        server.stop(grace=5.0)
