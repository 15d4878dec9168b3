"""Every module can be imported, and a run trains and generates a clip.

`make smoke`: what continuous integration runs on each supported Python beside the one of the whole
suite.
"""

import importlib
import subprocess
import sys

import numpy as np
import pytest

from tests.build_file import ROOT
from tests.imports import sources, studio_packages

LABEL = "walking"
# Of requirements-benchmark.txt and requirements-studio.txt.
OPTIONAL = {"torch"} | studio_packages()


def module_name(path):
    """The dotted name under which a file is imported."""
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def run(*arguments):
    """Runs a command of the project to its end."""
    command = [sys.executable, "-m", *map(str, arguments)]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize("path", [path for path in sources() if not path.startswith("tests/")])
def test_module_can_be_imported(path):
    try:
        importlib.import_module(module_name(path))
    except ModuleNotFoundError as error:
        if error.name not in OPTIONAL:
            raise
        pytest.skip(f"{error.name} is not installed")


def test_a_run_trains_and_generates(tmp_path):
    run_dir, clip = tmp_path / "run", tmp_path / "clip.npz"
    size = ["--steps=2", "--clips_per_class=20", "--batch_size=4"]
    folders = [f"--run_dir={run_dir}", f"--data_dir={tmp_path / 'data'}"]
    run("sagcn_tf.train", "--dataset=synthetic", *size, *folders)
    asked = [f"--label={LABEL}", "--count=1", f"--output={clip}"]
    run("sagcn_tf.generate", f"--run_dir={run_dir}", *asked)
    with np.load(clip) as arrays:
        motion = arrays["motion"]
    assert motion.shape[0] == 1 and np.isfinite(motion).all()
