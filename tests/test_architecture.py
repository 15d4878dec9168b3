"""The rooms of docs/architecture.md: which may import which."""

import ast
import pathlib

import pytest

ROOT = pathlib.Path(__file__).parents[1]
COMMANDS = {
    path.stem
    for path in (ROOT / "sagcn_tf").glob("*.py")
    if '\nif __name__ == "__main__":' in path.read_text()
}
# From the bottom up: a room imports none that stands after it.
FLOORS = (
    (
        "errors",
        "files",
        "locks",
        "markdown",
        "number_list",
        "progress",
        "quiet_import",
        "seal",
        "settings",
        "skeleton",
    ),
    ("layers", "metrics", "figures", "models.settings"),
    ("config",),
    ("data",),
    ("models",),
    ("runs",),
    ("generation", "classification"),
    ("evaluation",),
    ("training", "exporting", "publishing", "human_study"),
    ("reproduction", "web"),
)


def modules(folder):
    return sorted((ROOT / folder).rglob("*.py"))


def imported(path):
    """The modules that a file imports, wherever it does."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def room(module):
    """The room of a module of `sagcn_tf`, such as `data`; None of the package itself."""
    parts = module.split(".")[1:]
    if parts[:1] == ["models"]:
        # A system's settings stand beside its networks, but below the configuration.
        own = any(part.endswith(("settings", "presets", "systems")) for part in parts)
        return "models.settings" if own else "models"
    return parts[0] if parts else None


def test_every_room_has_a_floor():
    rooms = {path.parent.name for path in modules("sagcn_tf") if path.parent.name != "sagcn_tf"}
    files = {path.stem for path in (ROOT / "sagcn_tf").glob("*.py")} - COMMANDS - {"__init__"}
    known = {name for floor in FLOORS for name in floor}

    assert files <= known
    assert {name for name in rooms if (ROOT / "sagcn_tf" / name).is_dir()} <= known


@pytest.mark.parametrize("path", modules("sagcn_tf"), ids=lambda path: path.stem)
def test_no_room_imports_one_above_it_and_no_library_a_command(path):
    own = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    if room(own) in COMMANDS or path.name == "__init__.py":
        return
    height = {name: number for number, floor in enumerate(FLOORS) for name in floor}
    for module in imported(path):
        if module.startswith("sagcn_tf.") and room(module) in height:
            assert height[room(module)] <= height[room(own)], f"{own} imports {module}"
        assert module.split(".")[:2] not in [["sagcn_tf", name] for name in COMMANDS], module


@pytest.mark.parametrize("folder", ["datasets", "serving"])
def test_data_sets_and_serving_work_without_the_library(folder):
    found = {
        f"{path.relative_to(ROOT)}: {module}"
        for path in modules(folder)
        for module in imported(path)
        if module.startswith("sagcn_tf")
    }

    drawing = [line for line in found if line.startswith("serving/client.py: sagcn_tf.")]
    assert found == set(drawing)


@pytest.mark.parametrize("folder", ["benchmarks", "datasets", "sagcn_tf", "serving", "tests"])
def test_files_are_short(folder):
    long = [str(path) for path in modules(folder) if len(path.read_text().splitlines()) > 300]

    assert long == []
