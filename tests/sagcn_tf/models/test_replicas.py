import os
import pathlib
import subprocess
import sys

import numpy as np
import pytest

pytestmark = pytest.mark.slow

ROOT = pathlib.Path(__file__).parents[3]


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory):
    """What tests/two_replicas.py saved: {"one" | "two" | "fit": {name: array}}."""
    folder = tmp_path_factory.mktemp("replicas")
    command = [sys.executable, "-m", "tests.two_replicas", str(folder)]
    result = subprocess.run(
        command, cwd=ROOT, env=os.environ, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr
    return {name: dict(np.load(folder / f"{name}.npz")) for name in ("one", "two", "fit")}


def test_two_replicas_take_the_steps_of_one_with_the_whole_batch(outcomes):
    one, two = outcomes["one"], outcomes["two"]

    assert one.keys() == two.keys() and len(one) > 50
    for name in one:
        if "gradient_norm" not in name:  # each replica reports the norm of its own share
            np.testing.assert_allclose(two[name], one[name], rtol=1e-5, atol=1e-5, err_msg=name)


def test_the_second_of_those_steps_differs_from_the_first(outcomes):
    one = outcomes["one"]

    for name in ("G/loss_D_V", "G/loss_D_F", "D_V/loss", "D_F/loss"):
        assert abs(one[f"result/1/{name}"] - one[f"result/2/{name}"]) > 1e-3


def test_fit_works_on_two_replicas(outcomes):
    fit = outcomes["fit"]

    losses = [name for name in fit if name.startswith("result/") and "loss" in name]
    assert len(losses) == 4
    for name, values in fit.items():
        assert np.isfinite(values).all(), name
    np.testing.assert_array_equal(fit["iterations"], [4, 4, 4])
    assert np.median(fit["moved"]) > 1e-3
