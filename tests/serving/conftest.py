"""Exports with answers that can be told beforehand, and a local server that serves them."""

import contextlib
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
    """A function that starts a `local_server`, which is stopped at the end."""
    from tests.serving.local_servers import local_server

    with contextlib.ExitStack() as servers:
        yield lambda base_path, **options: servers.enter_context(local_server(base_path, **options))


@pytest.fixture(scope="session")
def shared_server(exports):
    """A server of version 1, which is labelled "stable", for tests that change nothing."""
    from tests.serving.local_servers import config_of, local_server

    config, model = config_of(exports[1].parent)
    model.model_version_policy.specific.versions.append(1)
    model.version_labels["stable"] = 1
    options = {"poll_seconds": 0, "max_message_bytes": 100_000}
    options["allow_version_labels_for_unavailable_models"] = True
    with local_server(exports[1].parent, config=config, **options) as server:
        yield server
