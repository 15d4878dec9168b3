"""The packages and rooms that the project's files import."""

import ast
import functools
import importlib.metadata
import sys

from tests.build_file import ROOT
from tests.requirements_file import read_requirements

ROOMS = ("benchmarks", "datasets", "sagcn_tf", "serving", "tests")
# Several packages share the name `google`.
_DISTRIBUTIONS = {"google": "protobuf"}


def sources():
    """The project's Python files, relative to the root: `["benchmarks/all.py", ...]`."""
    paths = (path for room in ROOMS for path in (ROOT / room).rglob("*.py"))
    return sorted(path.relative_to(ROOT).as_posix() for path in paths)


def is_command(path):
    """Whether the file can be run."""
    return '\nif __name__ == "__main__":' in (ROOT / path).read_text()


@functools.cache
def imported_rooms(path):
    """The top-level folders of the project whose modules a file imports."""
    return _imported(path) & set(ROOMS)


@functools.cache
def imported_packages(path):
    """The names on PyPI of what a file imports of requirements.txt.

    That is all but the standard library, the project, and the packages of the studio, which
    training does without.
    """
    outside = _imported(path) - set(ROOMS) - sys.stdlib_module_names
    return {
        _DISTRIBUTIONS.get(name) or _installed().get(name, [name])[0] for name in outside
    } - studio_packages()


@functools.cache
def studio_packages():
    """The packages of the first list of requirements-studio.txt."""
    return set(read_requirements("# What the studio uses.", path="requirements-studio.txt"))


def _imported(path):
    """The first parts of the names in a file's import statements."""
    names = set()
    for node in ast.walk(ast.parse((ROOT / path).read_text(), path)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names.add(node.module)
    return {name.partition(".")[0] for name in names}


@functools.cache
def _installed():
    return importlib.metadata.packages_distributions()
