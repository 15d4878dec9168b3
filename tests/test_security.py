"""docs/security.md: its tests exist, and what it says of all of the code holds."""

import ast
import pathlib
import re

ROOT = pathlib.Path(__file__).parents[1]
ROOMS = ("benchmarks", "datasets", "sagcn_tf", "serving")
SOURCES = [path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))]
UNSAFE = {"pickle", "cPickle", "dill", "marshal", "shelve", "joblib", "eval", "exec"}


def test_the_tests_that_the_page_names_exist():
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", (ROOT / "docs" / "security.md").read_text())

    assert len(named) > 20
    for path, name in named:
        assert f"\ndef {name}(" in (ROOT / path).read_text(), f"{path}::{name}"


def test_nothing_unpickles_or_evaluates_what_it_reads():
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text())):
            names = set()
            if isinstance(node, ast.Import):
                names = {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                names = {node.module}
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                names = {node.func.id}
            elif isinstance(node, ast.keyword) and node.arg == "allow_pickle":
                assert node.value.value is False, path
            assert not names & UNSAFE, path


def test_servers_listen_on_this_machine_unless_told_otherwise():
    found = {}
    for path in SOURCES:
        for default in re.findall(r'DEFINE_string\(\s*"host", (.*?),', path.read_text()):
            found[path.stem] = default

    assert found == dict.fromkeys(("human_evaluation", "local_server", "studio"), '"127.0.0.1"')
