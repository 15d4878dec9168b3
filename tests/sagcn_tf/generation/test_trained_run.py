import numpy as np
import pytest

import sagcn_tf
from sagcn_tf.errors import UserError
from tests.small_data import CLASS_NAMES, FRAMES, SKELETON
from tests.small_export import small_run


@pytest.fixture(scope="module")
def run():
    return sagcn_tf.load_run(small_run())


def test_a_clip_has_the_same_seed_alone_and_among_others(run):
    three = run.generate(CLASS_NAMES[1].upper(), count=3, seed=4)

    assert three.shape == (3, FRAMES, SKELETON.num_joints, 2) and three.dtype == np.float32
    np.testing.assert_allclose(run.generate(CLASS_NAMES[1], seed=5)[0], three[1], atol=1e-3)
    assert np.abs(three[0] - three[1]).max() > 0.1


def test_clips_are_written_as_the_suffix_says(run, tmp_path):
    motion = run.generate(CLASS_NAMES[0], count=2, seed=3)

    (path,) = run.save(tmp_path / "clips.npz", motion, CLASS_NAMES[0], seed=3)

    with np.load(path, allow_pickle=False) as arrays:
        np.testing.assert_array_equal(arrays["motion"], motion)
        np.testing.assert_array_equal(arrays["seeds"], [3, 4])
        assert arrays["label"] == CLASS_NAMES[0]


def test_what_cannot_be_generated_or_written_is_refused(run, tmp_path):
    with pytest.raises(UserError, match="class 'flying' is unknown; expected one of"):
        run.generate("flying")
    with pytest.raises(UserError, match="BVH needs 3-D motion"):
        run.save(tmp_path / "clips.bvh", run.generate(CLASS_NAMES[0]))
    with pytest.raises(UserError, match=r"clips\.avi must end in \.npz, \.csv"):
        run.save(tmp_path / "clips.avi", run.generate(CLASS_NAMES[0]))


def test_nan_is_refused_with_and_without_attention(run, monkeypatch):
    def nan(label, seed):
        return {"motion": np.full([len(seed), FRAMES, SKELETON.num_joints, 2], np.nan)}

    monkeypatch.setattr(run.model, "attend", nan)
    monkeypatch.setattr(run.model, "generate", lambda label, seed: nan(label, seed)["motion"])

    for generate in (run.attend, run.generate):
        with pytest.raises(UserError, match="generates NaN or infinity"):
            generate(CLASS_NAMES[0])


def test_a_mixture_and_a_transition_are_the_models(run):
    first, last = CLASS_NAMES[:2]

    mixed = run.generate({first: 0.5, last: 0.5}, count=2)
    moved = run.generate((first, last), count=2)

    seeds, half = np.arange(2, dtype=np.int32), np.full((2, len(CLASS_NAMES)), 0.0, np.float32)
    half[:, :2] = 0.5
    expected = run.data.unstandardize(run.model.generate(half, seeds).numpy())
    np.testing.assert_allclose(mixed, expected, rtol=1e-4)
    assert moved.shape == mixed.shape and not np.allclose(moved, mixed)
