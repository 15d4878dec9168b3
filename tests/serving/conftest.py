"""Exports with answers that can be told beforehand, and a local server that serves them."""

import os
import shutil

import pytest

from tests.serving import closed_form_model


class Exports(dict):
    """Versions of a model, {version: folder}, each made when it is first asked for."""

    def __init__(self, folder):
        super().__init__()
        self.folder = folder

    def __missing__(self, version):
        self[version] = self.folder / str(version)
        closed_form_model.save(self[version], version)
        return self[version]


@pytest.fixture(scope="session")
def exports(tmp_path_factory):
    """The folders of `Exports`; copy them, never move them."""
    return Exports(tmp_path_factory.mktemp("exports"))


@pytest.fixture
def publish(exports):
    """A function that puts versions under a base path, each whole, as an export does."""

    def publish(base_path, *versions):
        base_path.mkdir(parents=True, exist_ok=True)
        for version in versions:
            part = base_path / f".{version}.part"
            shutil.copytree(exports[version], part)
            os.rename(part, base_path / str(version))
        return base_path

    return publish


@pytest.fixture
def start_server():
    """A function that starts a `LocalServer` on free ports; the server is stopped at the end."""
    servers = []

    def start(base_path, **options):
        from tensorflow_serving.config.model_server_config_pb2 import ModelServerConfig

        from serving.local.server import LocalServer
        from serving.local.server_options import ServerOptions

        config = ModelServerConfig()
        config.model_config_list.config.add(
            name="sagcn", base_path=str(base_path), model_platform="tensorflow"
        )
        defaults = {"config": config, "port": 0, "rest_port": 0, "poll_seconds": 0.05}
        server = LocalServer(ServerOptions(**{**defaults, **options}))
        servers.append(server)
        server.start()
        return server

    yield start
    for server in servers:
        server.stop(grace=5.0)


@pytest.fixture(scope="session")
def shared_server(exports):
    """A server of version 1 for tests that change nothing."""
    from tensorflow_serving.config.model_server_config_pb2 import ModelServerConfig

    from serving.local.server import LocalServer
    from serving.local.server_options import ServerOptions

    config = ModelServerConfig()
    model = config.model_config_list.config.add(
        name="sagcn", base_path=str(exports[1].parent), model_platform="tensorflow"
    )
    model.model_version_policy.specific.versions.append(1)
    model.version_labels["stable"] = 1
    options = ServerOptions(
        config=config,
        port=0,
        rest_port=0,
        poll_seconds=0,
        max_message_bytes=100_000,
        allow_version_labels_for_unavailable_models=True,
    )
    server = LocalServer(options)
    server.start()
    yield server
    server.stop(grace=5.0)
