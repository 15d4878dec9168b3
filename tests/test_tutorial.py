"""The cells of docs/tutorial.ipynb run one after the other."""

import json
import os
import pathlib
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).parents[1]
NOTEBOOK = ROOT / "docs" / "tutorial.ipynb"


@pytest.mark.slow
def test_the_tutorial_runs(tmp_path):
    assert NOTEBOOK.stat().st_size < 300_000  # with outputs, if any
    cells = json.loads(NOTEBOOK.read_text())["cells"]
    sources = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    script = tmp_path / "tutorial.py"
    script.write_text("\n\n".join(sources) + "\nprint('the end')\n")

    # In a process of its own, with the memory and the warnings of a reader.
    result = subprocess.run(
        [sys.executable, str(script)],
        cwd=ROOT / "docs",
        env={**os.environ, "TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert result.returncode == 0, result.stderr
    assert result.stdout.endswith("the end\n")
