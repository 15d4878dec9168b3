"""Local servers in the process that runs the tests."""

import contextlib

from serving.local.model_config import ModelConfig
from serving.local.server import LocalServer


@contextlib.contextmanager
def local_server(base_path, **options):
    """Yields a `LocalServer` of the model `sagcn` on free ports; `options` are its arguments."""
    options = {"port": 0, "rest_port": 0, "poll_seconds": 0.05, **options}
    server = LocalServer([ModelConfig("sagcn", str(base_path))], **options)
    try:
        server.start()
        yield server
    finally:
        server.stop(grace=5.0)
