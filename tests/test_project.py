"""Files that repeat the version of the project, or the Pythons it runs on, agree."""

import ast
import pathlib
import re
import sys
import tomllib

import pytest
import yaml
from packaging.specifiers import SpecifierSet

import sagcn_tf
from tests.requirements_file import read_requirements

ROOT = pathlib.Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
PYTHONS = [
    f"3.{minor}" for minor in range(30) if f"3.{minor}" in SpecifierSet(PROJECT["requires-python"])
]


def read(path):
    """The text of a file of the project."""
    return (ROOT / path).read_text()


def find(pattern, path):
    """What a pattern's group matches, which has to be in the file once."""
    (match,) = re.findall(pattern, read(path), re.MULTILINE)
    return match


def test_version_is_the_same_everywhere():
    assert PROJECT["version"] == sagcn_tf.__version__
    assert find(r'^    version = "(.*)",$', "MODULE.bazel") == sagcn_tf.__version__


def test_changelog_has_unreleased_changes_and_then_this_version():
    headings = re.findall(r"^## \[(.*?)\](?: - (\d{4}-\d\d-\d\d))?$", read("CHANGELOG.md"), re.M)
    assert headings[0] == ("Unreleased", "")
    assert headings[1][0] == sagcn_tf.__version__
    dates = [date for _, date in headings[1:]]
    assert all(dates) and dates == sorted(dates, reverse=True)


def test_this_python_is_supported():
    assert "{}.{}".format(*sys.version_info) in PYTHONS


@pytest.mark.parametrize(
    ("path", "pattern"),
    [
        (".ci/run", r"^for version in (3.*); do$"),
        ("Makefile", r"^PYTHON \?= (.*) python3 python$"),
        ("requirements.txt", r"^# Exact versions for (Python .*?)\. "),
        ("CONTRIBUTING.md", r"^You need (Python .*?) and GNU make"),
    ],
)
def test_pythons_are_the_same_everywhere(path, pattern):
    assert re.findall(r"\d\.\d+", find(pattern, path)) == PYTHONS


def test_bazel_and_continuous_integration_have_the_same_pythons():
    versions = find(r"^PYTHON_VERSIONS = (\[[^]]*\])", "MODULE.bazel")
    assert ast.literal_eval(versions) == PYTHONS
    steps = yaml.safe_load(read(".github/workflows/ci.yml"))["jobs"]["test"]["steps"]
    (given,) = [step["with"]["python-version"] for step in steps if "with" in step]
    assert given.split() == PYTHONS


def test_pre_commit_has_the_linter_of_the_requirements():
    (repository,) = yaml.safe_load(read(".pre-commit-config.yaml"))["repos"]
    (pin,) = read_requirements()["ruff"][0].specifier
    assert repository["rev"] == f"v{pin.version}"
