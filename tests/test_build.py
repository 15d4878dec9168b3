"""BUILD covers the tree, names what is there, and buildifier has nothing to add."""

import collections
import graphlib
import re
import shutil
import subprocess

import pytest

from tests.build_file import ROOT, closure, read_targets
from tests.imports import ROOMS, imported_packages, imported_rooms, is_command, sources
from tests.requirements_file import read_requirements

TARGETS = read_targets()
SOURCES = sources()


def label(package):
    """The label of a package of requirements.txt."""
    return "@pypi//" + re.sub(r"[-_.]+", "_", package).lower()


def named(attribute):
    """All labels under an attribute, of all targets."""
    return {label for target in TARGETS.values() for label in target.labels(attribute)}


def test_every_source_belongs_to_one_target():
    owners = collections.Counter(
        path for target in TARGETS.values() for path in target.labels("srcs")
    )
    assert owners == dict.fromkeys(SOURCES, 1)


def test_every_test_file_is_a_test_and_nothing_else_is():
    tests = {path for path in SOURCES if path.rpartition("/")[2].startswith("test_")}
    declared = {name: target for name, target in TARGETS.items() if target.rule == "py_test"}
    assert {name + ".py" for name in declared} == tests
    for name, target in declared.items():
        assert target.labels("srcs") == target.labels("args") == [name + ".py"]


def test_every_command_is_a_binary_whose_library_has_it():
    commands = {path for path in SOURCES if is_command(path) and not path.startswith("tests/")}
    binaries = {name: target for name, target in TARGETS.items() if target.rule == "py_binary"}
    assert {name + ".py" for name in binaries} == commands
    for name, target in binaries.items():
        assert target.attributes["main_module"] == name.replace("/", ".")
        (library,) = target.labels("deps")
        assert name + ".py" in TARGETS[library[1:]].labels("srcs")


def test_data_files_exist():
    assert [path for path in named("data") if not (ROOT / path).is_file()] == []


def test_labels_are_targets_or_packages_of_requirements():
    packages = {label(name) for name in read_requirements()}
    assert named("deps") - packages - {":" + name for name in TARGETS} == set()


def test_targets_do_not_need_each_other_in_a_circle():
    graph = {
        name: [label[1:] for label in target.labels("deps") if label.startswith(":")]
        for name, target in TARGETS.items()
    }
    graphlib.TopologicalSorter(graph).prepare()


@pytest.mark.parametrize("room", ROOMS)
def test_targets_depend_on_what_their_files_import(room):
    missing = {}
    for name, target in TARGETS.items():
        reached = closure(TARGETS, name) | {":" + name}
        for path in target.labels("srcs"):
            if path.startswith(f"{room}/"):
                rooms = {f":{other}" for other in imported_rooms(path) - {"tests"}}
                packages = {label(package) for package in imported_packages(path)}
                if lacking := (rooms | packages) - reached:
                    missing[name, path] = lacking
    assert missing == {}


def test_libraries_depend_on_nothing_that_their_files_do_not_import():
    """But for what packages import without declaring it: requirements.txt says which."""
    explained = {label(name) for name, (_, comment) in read_requirements().items() if comment}
    tests = [path for path in SOURCES if path.startswith("tests/")]
    for name, target in TARGETS.items():
        if target.rule == "py_library":
            files = tests if name == "test_helpers" else target.labels("srcs")
            used = {label(package) for path in files for package in imported_packages(path)}
            used |= {f":{room}" for path in files for room in imported_rooms(path)}
            used |= {":serving_client"} if ":serving" in used else set()
            assert set(target.labels("deps")) - used - explained == set(), name


@pytest.fixture
def tree(tmp_path):
    """A project of one package with one file in a folder."""
    for path in ("room/__init__.py", "room/folder/part.py", "room/folder/notes.md"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).touch()
    return tmp_path


def test_globs_match_as_in_bazel(tree):
    (tree / "BUILD").write_text(
        'py_library(name = "all", srcs = glob(["room/**/*.py"], exclude = ["room/*.py"]))\n'
        '[py_binary(name = path[:-3], srcs = [path]) for path in glob(["room/**/*.py"])]\n'
    )
    files = {name: target.labels("srcs") for name, target in read_targets(tree).items()}
    assert files == {
        "all": ["room/folder/part.py"],
        "room/__init__": ["room/__init__.py"],
        "room/folder/part": ["room/folder/part.py"],
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('py_library(name = "a")\npy_test(name = "a")', "two targets named 'a'"),
        ('py_library(name = "a", srcs = glob(["room/*.txt"]))', "matches no file"),
    ],
)
def test_faults_of_the_file_itself_are_found(tree, text, message):
    (tree / "BUILD").write_text(text)
    with pytest.raises(ValueError, match=message):
        read_targets(tree)


def test_buildifier_has_nothing_to_say():
    buildifier = shutil.which("buildifier")
    if buildifier is None:
        pytest.skip("buildifier is not installed (npm install --global @bazel/buildifier)")
    command = [buildifier, "--mode=check", "--lint=warn", "BUILD", "MODULE.bazel"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
