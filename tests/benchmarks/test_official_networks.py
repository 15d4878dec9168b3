"""The PyTorch networks run, in their own process, without TensorFlow."""

import importlib.util
import json
import pathlib
import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("torch") is None,
    reason="PyTorch is not installed (pip install -r requirements-benchmark.txt)",
)
ROOT = pathlib.Path(__file__).parents[2]
SCRIPT = """
import json
from benchmarks.official_networks import FRAMES, WIDTH, Training, torch
from datasets.skeletons import HUMAN36M_15
from sagcn_tf.skeleton import Skeleton

torch.manual_seed(0)
training = Training(Skeleton.from_metadata(HUMAN36M_15).adjacency())
networks = {"G": training.generator, **training.discriminators}
weights = {
    f"{network}.{name}": (weight, weight.clone())
    for network, of in networks.items()
    for name, weight in of.named_parameters()
}
losses = [training.step(torch.randn(2, FRAMES, WIDTH), torch.eye(10)[:2]) for _ in range(2)]
print(json.dumps({
    "shape": list(training.generator(torch.eye(10)[:3]).shape),
    "losses": losses,
    "still": [name for name, pair in weights.items() if torch.equal(*pair)],
}))
"""


@pytest.fixture(scope="module")
def ran():
    command = [sys.executable, "-W", "error", "-c", SCRIPT]
    return json.loads(subprocess.check_output(command, cwd=ROOT, text=True))


def test_generator_returns_clips(ran):
    assert ran["shape"] == [3, 50, 30]


def test_each_step_returns_three_losses_of_plausible_size(ran):
    for losses in ran["losses"]:
        assert losses.keys() == {"G", "D_V", "D_F"}
        assert all(0.5 < loss < 3 for loss in losses.values())


def test_steps_change_the_weights_of_all_networks(ran):
    # A bias of the keys adds the same to all scores of a row, so the softmax removes it.
    assert set(ran["still"]) <= {"G.first_attention.key.bias", "G.attention.key.bias"}
