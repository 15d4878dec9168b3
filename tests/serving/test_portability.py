"""Other systems than Linux lack some modules; what needs them must not be imported by all."""

import ast
import subprocess
import sys

import pytest

from tests.build_file import ROOT

# Modules that Windows lacks.
UNIX = {"fcntl", "grp", "posix", "pty", "pwd", "resource", "syslog", "termios", "tty"}
UNIX_ATTRIBUTES = {"fork", "getuid", "killpg", "SIGKILL", "SIGHUP", "SIGUSR1", "O_DIRECTORY"}


@pytest.mark.parametrize("folder", ["serving", "sagcn_tf/exporting"])
def test_nothing_that_only_unix_has_is_used(folder):
    for path in (ROOT / folder).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                found = {alias.name for alias in node.names} & UNIX
            elif isinstance(node, ast.ImportFrom):
                found = {node.module} & UNIX
            else:
                found = {getattr(node, "attr", None)} & UNIX_ATTRIBUTES
            assert not found, f"{path}: {found}"


@pytest.mark.parametrize(
    ("module", "flags"),
    [
        ("serving.push", ["--model_dir=nowhere", "--base_path=x"]),
        (
            "serving.client",
            ["--server=localhost:1", "--timeout=0.1", "--label=x", "--output=x.npz"],
        ),
        ("serving.local_server", ["--model_base_path=nowhere"]),
        ("serving.replay", ["--model_dir=nowhere"]),
    ],
)
def test_commands_start_without_the_modules_of_unix(module, flags):
    start = f"import sys, runpy\nfor name in {sorted(UNIX - {'posix'})}: sys.modules[name] = None\n"
    start += f"sys.argv[1:] = {flags}\nrunpy.run_module({module!r}, run_name='__main__')"

    result = subprocess.run(
        [sys.executable, "-c", start], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert result.stderr.startswith("error: "), result.stderr
