import base64
import csv
import io
import zipfile

import numpy as np
import pytest
from PIL import Image

import sagcn_tf
from sagcn_tf.errors import UserError
from sagcn_tf.web.catalog import open_sources
from sagcn_tf.web.motion_request import MotionRequest
from sagcn_tf.web.real_clips import RealClips
from sagcn_tf.web.studio import Studio
from tests.small_data import CLASS_NAMES, FRAMES, SKELETON, small_data
from tests.small_export import small_model, small_run

FIRST, SECOND = CLASS_NAMES[:2]


@pytest.fixture(scope="module")
def model():
    return str(small_run())


@pytest.fixture(scope="module")
def run(model):
    return sagcn_tf.load_run(model)


@pytest.fixture(scope="module")
def studio(model, run):
    sources = open_sources([model])
    sources[model]._run = run  # which is traced once for all tests
    return Studio(sources, RealClips("nowhere"))


@pytest.fixture
def real_data(monkeypatch):
    monkeypatch.setattr("sagcn_tf.data.input_pipeline.load", lambda *_: small_data())


def array(text, kind="<f4"):
    return np.frombuffer(base64.b64decode(text), kind)


def motions(group):
    shape = FRAMES, SKELETON.num_joints, 2
    return np.stack([array(panel["motion"]).reshape(shape) for panel in group["panels"]])


@pytest.mark.parametrize(
    ("kind", "value", "action"),
    [
        ("label", FIRST, FIRST),
        ("mix", f"{FIRST}:30,{SECOND}:10", {FIRST: 0.75, SECOND: 0.25}),
        ("transition", f"{FIRST},{SECOND}", (FIRST, SECOND)),
    ],
)
def test_the_player_gets_what_the_run_generates(studio, run, model, kind, value, action):
    answer = studio.clips(MotionRequest(model, kind, value, seed=4, count=2))

    (group,) = answer["groups"]
    expected = run.generate(action, count=2, seed=4)
    np.testing.assert_allclose(motions(group), expected, rtol=1e-4, atol=1e-4)
    assert [panel["title"] for panel in group["panels"]] == ["seed 4", "seed 5"]
    assert answer["note"] is None


def test_attended_frames_are_the_models(studio, model):
    answer = studio.clips(MotionRequest(model, "label", SECOND, seed=1, count=2))

    label = np.eye(len(CLASS_NAMES), dtype=np.float32)[[1, 1]]
    expected = small_model().attend(label, np.array([1, 2], np.int32))
    for clip, panel in enumerate(answer["groups"][0]["panels"]):
        kept, attention = array(panel["kept"], "<i4"), array(panel["attention"])
        np.testing.assert_array_equal(kept.reshape(FRAMES, -1), expected["kept"][clip])
        np.testing.assert_allclose(
            attention.reshape(FRAMES, FRAMES), expected["attention"][clip], atol=1e-5
        )


def test_real_clips_and_a_second_model_stand_beside(studio, model, real_data):
    request = MotionRequest(model, "label", SECOND, count=2, compare=model, real=True)

    generated, compared, real = studio.clips(request)["groups"]

    np.testing.assert_array_equal(motions(generated), motions(compared))
    sequences = small_data().unstandardize(small_data().train.frames)
    for clip in motions(real):
        distances = np.abs(sequences - clip[0]).max(axis=(1, 2))
        assert distances.min() < 1e-4  # a frame of the training clips


def test_without_data_the_generated_clips_come_with_a_note(studio, model, monkeypatch):
    def fail(*_):
        raise UserError("human36m could not be prepared")

    monkeypatch.setattr("sagcn_tf.data.input_pipeline.load", fail)
    studio._real._read.clear()

    answer = studio.clips(MotionRequest(model, "label", FIRST, real=True))

    assert len(answer["groups"]) == 1
    assert answer["note"] == "No real clips: human36m could not be prepared"


def test_files_hold_the_clips_that_were_played(studio, model):
    request = MotionRequest(model, "label", FIRST, seed=3, count=2)
    played = motions(studio.clips(request)["groups"][0])

    name, content = studio.file(request, ".npz")
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        np.testing.assert_array_equal(arrays["motion"], played)
    assert name == f"{FIRST}_3.npz"

    _, content = studio.file(request, ".gif")
    with Image.open(io.BytesIO(content)) as animation:
        assert animation.n_frames == FRAMES

    name, content = studio.file(request, ".csv")
    assert name == f"{FIRST}_3_csv.zip"
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.namelist() == [f"{FIRST}_3_3.csv", f"{FIRST}_3_4.csv"]
        rows = list(csv.reader(io.StringIO(archive.read(f"{FIRST}_3_4.csv").decode())))
    np.testing.assert_allclose(np.array(rows[2:], float), played[1].reshape(FRAMES, -1), rtol=1e-6)


def test_formats_that_cannot_hold_the_motion_are_not_offered(studio, model):
    assert ".gif" in studio.suffixes(model) and ".bvh" not in studio.suffixes(model)
    with pytest.raises(UserError, match=r"format=\.bvh: expected one of: "):
        studio.file(MotionRequest(model, "label", FIRST), ".bvh")
