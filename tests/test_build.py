"""BUILD says what the tree says, and buildifier has nothing to add."""

import difflib
import graphlib
import shutil
import subprocess

import pytest

from tests.build_file import ROOT, build_text, expected_targets, read_targets

HEAD = 'load("@rules_python//python:defs.bzl", "py_library")\n\n'


def test_targets_are_the_files_and_their_imports():
    present = (ROOT / "BUILD").read_text()
    expected = build_text(ROOT, present)
    difference = difflib.unified_diff(
        present.splitlines(), expected.splitlines(), "BUILD", "BUILD as it should be", lineterm=""
    )
    if present != expected:
        pytest.fail("Run `make build-file`, or edit:\n" + "\n".join(difference), pytrace=False)


def test_targets_do_not_need_each_other_in_a_circle():
    graph = {
        name: [label[1:] for label in attributes["deps"] if label.startswith(":")]
        for name, (_, attributes) in expected_targets(ROOT).items()
    }
    graphlib.TopologicalSorter(graph).prepare()


def test_data_files_exist():
    for name, (_, attributes) in read_targets((ROOT / "BUILD").read_text()).items():
        missing = [path for path in attributes.get("data", []) if not (ROOT / path).is_file()]
        assert not missing, f"{name} names data that is not there: {missing}"


@pytest.fixture
def tree(tmp_path):
    """A project of two modules, one of which imports the other, with a test and a command."""
    files = {
        "sagcn_tf/__init__.py": "",
        "sagcn_tf/mistakes.py": "import os\n",
        "sagcn_tf/command.py": 'import numpy\nif __name__ == "__main__":\n    pass\n',
        "sagcn_tf/parts/pruning.py": "from ..mistakes import Mistake\n",
        "tests/conftest.py": "",
        "tests/sagcn_tf/parts/test_pruning.py": "from sagcn_tf.parts import pruning\n",
        "tests/sagcn_tf/test_command.py": 'COMMAND = ["python", "-m", "sagcn_tf.command"]\n',
    }
    for path, source in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(source)
    return tmp_path


@pytest.mark.parametrize(
    ("name", "rule", "srcs", "deps"),
    [
        ("sagcn_tf", "py_library", ["sagcn_tf/__init__.py"], []),
        ("sagcn_tf/mistakes", "py_library", ["sagcn_tf/mistakes.py"], [":sagcn_tf"]),
        ("sagcn_tf/command", "py_binary", ["sagcn_tf/command.py"], [":sagcn_tf", "@pypi//numpy"]),
        (
            "sagcn_tf/parts",
            "py_library",
            ["sagcn_tf/parts/pruning.py"],
            [":sagcn_tf", ":sagcn_tf/mistakes"],
        ),
        (
            "tests/sagcn_tf/test_parts",
            "py_test",
            ["tests/sagcn_tf/parts/test_pruning.py"],
            [":sagcn_tf", ":sagcn_tf/parts", ":tests/conftest", "@pypi//pytest"],
        ),
        (
            "tests/sagcn_tf/test_command",
            "py_test",
            ["tests/sagcn_tf/test_command.py"],
            [":sagcn_tf", ":sagcn_tf/command", ":tests/conftest", "@pypi//pytest"],
        ),
    ],
)
def test_rule_sources_and_dependencies_follow_from_the_files(tree, name, rule, srcs, deps):
    actual_rule, attributes = read_targets(build_text(tree, HEAD))[name]
    assert actual_rule == rule
    assert attributes["srcs"] == srcs
    assert attributes.get("deps", []) == deps


def test_new_import_changes_the_dependencies(tree):
    before = build_text(tree, HEAD)
    (tree / "sagcn_tf/mistakes.py").write_text("from PIL import Image\n")
    after = build_text(tree, before)
    assert set(after.splitlines()) - set(before.splitlines()) == {'        "@pypi//pillow",'}


@pytest.mark.parametrize(
    "source",
    [
        'SCRIPT = """\nfrom sagcn_tf.mistakes import Mistake\n"""\n',
        'def load(name):\n    return import_module(f"sagcn_tf.{name}akes")\n',
    ],
)
def test_imports_may_stand_in_strings(tree, source):
    before = build_text(tree, HEAD)
    (tree / "sagcn_tf/command.py").write_text(source)
    assert ":sagcn_tf/mistakes" not in read_targets(before)["sagcn_tf/command"][1]["deps"]
    after = build_text(tree, before)
    assert ":sagcn_tf/mistakes" in read_targets(after)["sagcn_tf/command"][1]["deps"]


def test_target_goes_with_its_file(tree):
    before = build_text(tree, HEAD)
    (tree / "sagcn_tf/command.py").unlink()
    assert set(read_targets(before)) - set(read_targets(build_text(tree, before))) == {
        "sagcn_tf/command"
    }


def test_what_was_written_by_hand_stays(tree):
    size = '    size = "large",\n    srcs = ["tests/sagcn_tf/test_command.py"]'
    by_hand = build_text(tree, HEAD + "# Why.\n").replace(size.split("\n")[1], size)
    assert size in by_hand
    assert build_text(tree, by_hand) == by_hand


def test_buildifier_has_nothing_to_say():
    buildifier = shutil.which("buildifier")
    if buildifier is None:
        pytest.skip("buildifier is not installed (npm install --global @bazel/buildifier)")
    command = [buildifier, "--mode=check", "--lint=warn", "BUILD", "MODULE.bazel"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
