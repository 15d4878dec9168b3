import numpy as np
import pytest
from PIL import Image

from sagcn_tf.figures import animation, figure_io, film_strip
from sagcn_tf.skeleton import Skeleton
from serving.client import SagcnClient
from tests.commands import ROOT, assert_refused, run_python
from tests.serving import closed_form_model
from tests.serving.closed_form_model import expected_motion


def run(*arguments):
    return run_python("-m", "serving.client", *arguments, timeout=300)


@pytest.fixture
def server(shared_server):
    return f"--server=127.0.0.1:{shared_server.port}"


def test_the_module_exports_the_client_class():
    assert SagcnClient.__module__ == "serving.sagcn_client"


def test_arrays_are_written(server, tmp_path):
    output = tmp_path / "clips.npz"

    result = run(server, "--label=Sitting_Down", "--count=2", "--seed=5", f"--output={output}")

    assert (result.stdout, result.stderr) == (f"{output}: 2 clips of sitting down\n", "")
    with np.load(output, allow_pickle=False) as arrays:
        np.testing.assert_array_equal(arrays["motion"], expected_motion(1, [1, 1], [5, 6]))
        assert arrays["seeds"].tolist() == [5, 6]
        assert arrays["label"] == "sitting down"
        assert arrays["joints"].tolist() == closed_form_model.SKELETON["joints"]
        assert arrays["edges"].tolist() == closed_form_model.SKELETON["edges"]
        assert (arrays["frame_rate"], arrays["unit"]) == (12.5, "pixel")


MOTION = expected_motion(1, [0, 0, 0], [0, 1, 2])
BODY = Skeleton.from_metadata(closed_form_model.SKELETON)


def draw_animation(path):
    titles = [f"walking, seed {seed}" for seed in range(3)]
    animation.save_gif(path, MOTION, BODY, closed_form_model.DESCRIPTION["frame_rate"], titles)


def draw_film_strip(path):
    rows = {f"seed {seed}": clip for seed, clip in enumerate(MOTION)}
    figure_io.save(film_strip.page({"walking": rows}, BODY), path)


@pytest.mark.parametrize(("suffix", "draw"), [("gif", draw_animation), ("png", draw_film_strip)])
def test_the_generated_clips_are_drawn(server, tmp_path, suffix, draw):
    output, expected = tmp_path / f"clips.{suffix}", tmp_path / f"expected.{suffix}"

    result = run(server, "--label=walking", f"--output={output}")

    assert (result.stdout, result.stderr) == (f"{output}: 3 clips of walking\n", "")
    draw(expected)
    with Image.open(output) as picture, Image.open(expected) as same:
        assert (picture.format, picture.size) == (suffix.upper(), same.size)
        if suffix == "gif":
            assert picture.n_frames == closed_form_model.FRAMES
    assert output.read_bytes() == expected.read_bytes()


def test_each_clip_has_a_table_of_its_own(server, tmp_path):
    result = run(server, "--label=walking", f"--output={tmp_path / 'walk.csv'}")

    assert result.stdout.startswith(f"{tmp_path}/walk_0.csv to {tmp_path}/walk_2.csv: 3 clips of")
    rows = np.loadtxt(tmp_path / "walk_1.csv", delimiter=",", skiprows=2)
    np.testing.assert_allclose(rows.reshape(MOTION[1].shape), MOTION[1], rtol=1e-6)


USE = """
import sys
from serving.client import SagcnClient
with SagcnClient(sys.argv[1]) as client:
    print(client.generate("walking", count=2).shape, client.describe().unit)
print([name for name in sys.modules if name.split(".")[0] in ("tensorflow", "sagcn_tf", "keras")])
"""


def test_the_python_api_needs_neither_tensorflow_nor_the_library(shared_server):
    result = run_python("-c", USE, f"127.0.0.1:{shared_server.port}")

    shape = (2, closed_form_model.FRAMES, closed_form_model.JOINTS, closed_form_model.DIMENSIONS)
    assert (result.stdout, result.stderr) == (f"{shape} pixel\n[]\n", "")


ALONE = """
import sys
sys.modules["sagcn_tf"] = sys.modules["tensorflow"] = None
sys.argv[0] = "client"
from serving import client
from serving.errors import run_main
client.define_flags()
run_main(client.main)
"""


@pytest.mark.parametrize(("suffix", "written"), [("npz", True), ("gif", False), ("png", False)])
def test_without_the_library_only_arrays_are_written(server, tmp_path, suffix, written):
    output = tmp_path / f"clips.{suffix}"

    result = run_python("-c", ALONE, server, "--label=walking", f"--output={output}")

    assert [path.name for path in tmp_path.iterdir()] == (["clips.npz"] if written else [])
    assert result.returncode == (0 if written else 1)
    message = f"error: --output={output}: formats other than .npz need the package sagcn_tf"
    assert result.stderr.startswith("" if written else message)
    assert result.stderr.count("\n") == (0 if written else 1)


def test_other_formats_need_no_tensorflow(server, tmp_path):
    script = ALONE.replace('sys.modules["sagcn_tf"] = ', "")
    for suffix in ("gif", "png", "mp4"):
        output = tmp_path / f"clips.{suffix}"

        result = run_python("-c", script, server, "--label=walking", f"--output={output}")

        assert result.stderr == ""
        assert output.exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--label=jumping", "--output=x.npz"], "error: the label 'jumping' is unknown"),
        (["--label=walking", "--output=/dev/null/x.npz"], "error: --output=/dev/null/x.npz can"),
        (["--label=walking", "--output=x.npz", "--model=x"], "NOT_FOUND: no model 'x'"),
        (
            ["--label=walking", "--output=x.txt"],
            "must end in .npz, .csv, .bvh, .glb, .gif, .mp4, .png",
        ),
        (["--label=walking", "--output=x.gif", "--count=21"], "At most 20 clips can be drawn"),
        (["--label=walking", "--output=x.bvh"], "BVH needs 3-D motion"),
        (["--label=walking", "--output=x.npz", "--certificate=x"], "--certificate=x cannot be rea"),
        (["--output=x.npz"], "--label"),
    ],
)
def test_a_mistake_is_one_message_and_no_stack_trace(server, arguments, message):
    result = run(server, *arguments)

    assert_refused(result, message)
    assert not (ROOT / "x.npz").exists()


def test_a_server_that_is_not_there_is_an_error_in_time():
    result = run("--server=127.0.0.1:1", "--timeout=1", "--label=walking", "--output=x.npz")

    assert result.returncode == 1
    assert result.stderr.startswith("error: --server=127.0.0.1:1 answers UNAVAILABLE")
