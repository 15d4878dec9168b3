"""Writes the Bazel targets of BUILD from the tree: `make build-file`.

Sources and dependencies follow from the files and from what they import. What is written by hand in
a target beside them (`data`, `size`, `tags`) stays, and so does the head of the file.
"""

import ast
import contextlib
import fnmatch
import functools
import importlib.metadata
import os
import re
import sys
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).parents[1]
ROOMS = ("benchmarks", "datasets", "sagcn_tf", "serving", "tests")
IN_ROOMS = tuple(f"{room}." for room in ROOMS)
# What packages import without declaring it, by the name that a file uses.
UNDECLARED = {
    "tfds": "importlib_resources",
    "tfds.testing": "dill",
    "tf.summary": "tensorboard",
}
# Several packages share the name `google`.
DISTRIBUTIONS = {"google": "protobuf"}
# The attributes that follow from the tree, in buildifier's order with those written by hand.
ORDER = ("name", "size", "testonly", "srcs", "args", "data", "main_module", "tags", "deps")
BY_HAND = ("size", "data", "tags")


def read_sources(root):
    """The project's Python files: {path relative to the root: text}."""
    paths = sorted(path for room in ROOMS for path in (root / room).rglob("*.py"))
    return {path.relative_to(root).as_posix(): path.read_text() for path in paths}


def is_test(path):
    """Whether pytest collects the file."""
    return PurePosixPath(path).name.startswith("test_")


def is_command(source):
    """Whether the file can be run."""
    return '\nif __name__ == "__main__":' in source


def target_name(path, source):
    """The target of a file, named after its path.

    A folder inside a room is one target; the room's own files and all commands are one each.
    tests/sagcn_tf/layers/ becomes tests/sagcn_tf/test_layers, as it tests sagcn_tf/layers.
    """
    file, folder = PurePosixPath(path), PurePosixPath(path).parent
    if file.name == "__init__.py":
        return str(folder)
    in_tests = folder.parts[0] == "tests"
    if len(folder.parts) - in_tests < 2 or is_command(source):
        return str(file.with_suffix(""))
    return str(folder.with_name(f"test_{folder.name}") if in_tests else folder)


def module_name(path):
    """The dotted name under which a file is imported."""
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def imported_names(path, source, modules):
    """Dotted names that a file imports, or that its strings name, or import in a script."""
    folders = path.split("/")[:-1]
    for node in ast.walk(ast.parse(source, path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = folders[: len(folders) + 1 - node.level] if node.level else []
            base = [*above, *filter(None, [node.module])]
            yield from (".".join([*base, alias.name]) for alias in node.names)
        elif isinstance(node, ast.JoinedStr):
            text = [part.value if isinstance(part, ast.Constant) else "*" for part in node.values]
            if text[0].startswith(IN_ROOMS):
                yield from fnmatch.filter(modules, "".join(text))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from {node.value} & modules - set(ROOMS)
            if "import " in node.value:
                with contextlib.suppress(SyntaxError):
                    inside = imported_names(path, node.value, modules)
                    yield from (name for name in inside if name.startswith(IN_ROOMS))


def files_read(name, files):
    """The project's files that an import of a dotted name reads: packages, then the module."""
    parts = name.split(".")
    heads = ["/".join(parts[: count + 1]) for count in range(len(parts))]
    return {path for head in heads for path in (f"{head}/__init__.py", f"{head}.py")} & set(files)


@functools.cache
def installed():
    """Installed distributions by the names they are imported under."""
    return importlib.metadata.packages_distributions()


def pypi_label(distribution):
    """The label of a line of requirements.txt."""
    return "@pypi//" + re.sub(r"[-_.]+", "_", distribution).lower()


def dependencies(path, source, names):
    """The labels of everything that has to be there when a file is imported."""
    files = files_read(module_name(path), names)
    if PurePosixPath(path).name.startswith("test_"):
        folders = [str(folder) for folder in PurePosixPath(path).parents]
        files |= {f"{folder}/conftest.py" for folder in folders} & set(names)
    used = {ast.unparse(node) for node in ast.walk(ast.parse(source)) if hasattr(node, "ctx")}
    packages = {need for name, need in UNDECLARED.items() if name in used}
    modules = {module_name(file) for file in names}
    for name in imported_names(path, source, modules):
        top = name.partition(".")[0]
        if top in ROOMS:
            files |= files_read(name, names)
        elif top not in sys.stdlib_module_names:
            packages.add(DISTRIBUTIONS.get(top) or installed().get(top, [top])[0])
    return {f":{names[file]}" for file in files} | {pypi_label(package) for package in packages}


def expected_targets(root):
    """The targets that follow from the tree: {name: (rule, attributes)}."""
    sources = read_sources(root)
    names = {path: target_name(path, source) for path, source in sources.items()}
    targets = {}
    for name in sorted(set(names.values())):
        srcs = [path for path in sources if names[path] == name]
        deps = set().union(*(dependencies(path, sources[path], names) for path in srcs))
        attributes = {"name": name, "srcs": srcs}
        if any(map(is_test, srcs)):
            rule = "py_test"
            alone = srcs == [f"{name}.py"]
            attributes["args"] = srcs if alone else [str(PurePosixPath(srcs[0]).parent)]
            attributes |= {"data": ["pyproject.toml"], "main_module": "pytest"}
            deps.add(pypi_label("pytest"))
        else:
            rule = "py_binary" if is_command(sources[srcs[0]]) else "py_library"
            if name.startswith("tests/"):
                attributes["testonly"] = True
        attributes["deps"] = sorted(deps - {f":{name}"})
        targets[name] = (rule, attributes)
    return targets


def read_targets(text):
    """The targets of a BUILD file, whose syntax is Python's: {name: (rule, attributes)}."""
    targets = {}
    for statement in ast.parse(text).body:
        call = getattr(statement, "value", None)
        if isinstance(call, ast.Call) and call.func.id.startswith("py_"):
            attributes = {item.arg: ast.literal_eval(item.value) for item in call.keywords}
            targets[attributes["name"]] = (call.func.id, attributes)
    return targets


def write_target(rule, attributes):
    """A target as buildifier formats it."""
    lines = []
    for key in sorted(attributes, key=ORDER.index):
        value = attributes[key]
        if isinstance(value, list) and len(value) > 1:
            lines += [f"    {key} = [", *(f'        "{item}",' for item in value), "    ],"]
        elif value not in ([], None):
            lines.append(f"    {key} = {value!r},".replace("'", '"'))
    return "\n".join([f"{rule}(", *lines, ")\n"])


def build_text(root, text):
    """BUILD as it should be, given the file as it is."""
    head = re.split(r"^py_", text, maxsplit=1, flags=re.MULTILINE)[0]
    present = read_targets(text)
    blocks = []
    for name, (rule, attributes) in expected_targets(root).items():
        before = present.get(name, (rule, {}))[1]
        by_hand = {key: before[key] for key in BY_HAND if key in before}
        blocks.append(write_target(rule, attributes | by_hand))
    return head + "\n".join(blocks)


def main():
    """Replaces BUILD."""
    build = ROOT / "BUILD"
    text = build_text(ROOT, build.read_text())
    part = build.with_name("BUILD.tmp")
    part.write_text(text)
    os.replace(part, build)


if __name__ == "__main__":
    main()
