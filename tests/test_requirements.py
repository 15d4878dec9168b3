"""requirements.txt pins all that is used, all that this needs in turn, and nothing else."""

import importlib.metadata

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.imports import imported_packages, sources
from tests.requirements_file import NEEDED, USED, read_requirements

# Every virtual environment has these; `pip freeze` leaves them out as well.
ENVIRONMENT = {"pip", "setuptools", "wheel"}


def test_tests_run_with_the_pinned_versions():
    pinned = {name: str(line.specifier) for name, (line, _) in read_requirements().items()}
    installed = {name: f"=={importlib.metadata.version(name)}" for name in pinned}
    assert pinned == installed


def test_second_list_is_what_the_first_needs():
    used, needed = read_requirements(USED), read_requirements(NEEDED)
    seen = set()
    waiting = [(name, "") for name in used]
    while waiting:
        name, extra = waiting.pop()
        if (name, extra) in seen or name in ENVIRONMENT:
            continue
        seen.add((name, extra))
        for text in importlib.metadata.requires(name) or []:
            need = Requirement(text)
            if need.marker is None or need.marker.evaluate({"extra": extra}):
                waiting += [(canonicalize_name(need.name), part) for part in ["", *need.extras]]
    assert set(needed) == {name for name, _ in seen} - set(used)


def test_first_list_is_what_files_import_or_says_what_needs_it():
    used = read_requirements(USED)
    imported = {canonicalize_name(name) for path in sources() for name in imported_packages(path)}
    explained = {name for name, (_, comment) in used.items() if comment}
    missing, unused = imported - set(used), set(used) - imported - explained
    assert not missing, f"add to the first list of requirements.txt: {missing}"
    assert not unused, f"no file imports, and no comment explains: {unused}"


@pytest.mark.parametrize("name", ["studio", "browser"])
def test_further_files_agree_with_the_first_and_say_only_what_it_does_not(name):
    lists = (
        "# What the studio uses.",
        "# What they use.",
        "# What those need.",
        "# What that needs.",
    )
    further = read_requirements(*lists, path=f"requirements-{name}.txt")

    assert further and not set(further) & set(read_requirements())
    for package, (line, _) in further.items():
        try:
            installed = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            pytest.skip(f"requirements-{name}.txt is not installed")
        assert str(line.specifier) == f"=={installed}"
