"""Exports whose answers are known in advance, and local servers that serve them."""

import contextlib
import os
import shutil

import pytest

from tests.serving import closed_form_model


class Exports(dict):
    """Versions of a model, {version: folder}, each created when it is first used."""

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
    """A function that adds versions to a base path, each by a rename, as an export does."""

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
    """A function that starts a `local_server`, which stops after the test."""
    from tests.serving.local_servers import local_server

    with contextlib.ExitStack() as servers:
        yield lambda base_path, **options: servers.enter_context(local_server(base_path, **options))


@pytest.fixture(scope="session")
def shared_server(exports, tmp_path_factory):
    """A server of version 1, for tests that change nothing."""
    from tests.serving.local_servers import local_server

    base_path = tmp_path_factory.mktemp("sagcn")
    shutil.copytree(exports[1], base_path / "1")
    with local_server(base_path) as server:
        yield server
