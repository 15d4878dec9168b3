"""requirements.txt pins all that is used, all that this needs in turn, and nothing else."""

import importlib.metadata

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.build_file import ROOT, expected_targets

# Every virtual environment has these; `pip freeze` leaves them out as well.
ENVIRONMENT = {"pip", "setuptools", "wheel"}


def read_requirements(heading):
    """The lines of one list: {package: (requirement, comment)}."""
    blocks = (ROOT / "requirements.txt").read_text().split("\n\n")
    (block,) = [block for block in blocks if block.startswith(heading)]
    lines = [line for line in block.splitlines() if not line.startswith("#")]
    parts = [line.partition("  # ") for line in lines]
    return {
        canonicalize_name(Requirement(text).name): (Requirement(text), comment)
        for text, _, comment in parts
    }


USED = read_requirements("# What this project uses.")
NEEDED = read_requirements("# What those need.")


def test_tests_run_with_the_pinned_versions():
    pinned = {name: str(line.specifier) for name, (line, _) in (USED | NEEDED).items()}
    installed = {name: f"=={importlib.metadata.version(name)}" for name in pinned}
    assert pinned == installed


def test_second_list_is_what_the_first_needs():
    seen = set()
    waiting = [(name, "") for name in USED]
    while waiting:
        name, extra = waiting.pop()
        if (name, extra) in seen or name in ENVIRONMENT:
            continue
        seen.add((name, extra))
        for text in importlib.metadata.requires(name) or []:
            need = Requirement(text)
            if need.marker is None or need.marker.evaluate({"extra": extra}):
                waiting += [(canonicalize_name(need.name), part) for part in ["", *need.extras]]
    assert set(NEEDED) == {name for name, _ in seen} - set(USED)


def test_first_list_is_what_files_import_or_says_what_needs_it():
    targets = expected_targets(ROOT).values()
    labels = {label for _, attributes in targets for label in attributes["deps"]}
    imported = {canonicalize_name(label[7:]) for label in labels if label.startswith("@pypi//")}
    explained = {name for name, (_, comment) in USED.items() if comment}
    missing, unused = imported - set(USED), set(USED) - imported - explained
    assert not missing, f"add to the first list of requirements.txt: {missing}"
    assert not unused, f"no file imports, and no comment explains: {unused}"
