import dataclasses

import numpy as np
import pytest

from sagcn_tf.evaluation import real_measurements, real_measurements_cache
from sagcn_tf.evaluation.real_measurements_cache import cached_real_measurements
from tests.swinging_data import FRAMES, small_data

DATA = small_data()


@pytest.fixture(autouse=True, scope="module")
def few_draws():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(real_measurements, "RESAMPLINGS", 2)
        yield


def cached(folder, sizes=(3,), data=DATA, frames=FRAMES):
    return cached_real_measurements(data, frames, sizes, folder, show_progress=False)


def assert_equal(real, other):
    assert (real.reference_sets, real.motion) == (other.reference_sets, other.motion)
    assert real.sums.keys() == other.sums.keys()
    for split, draws in real.sums.items():
        for one, two in zip(draws, other.sums[split], strict=True):
            assert one.keys() == two.keys()
            for metric in one:
                np.testing.assert_array_equal(one[metric], two[metric])


@pytest.fixture
def counted(monkeypatch):
    """List of the measured sizes."""
    sizes, measure = [], real_measurements.measure_real_clips

    def counting(data, frames, m, progress):
        sizes.append(m)
        return measure(data, frames, m, progress)

    monkeypatch.setattr(real_measurements, "measure_real_clips", counting)
    return sizes


def test_each_size_is_measured_once(tmp_path, counted):
    first = cached(tmp_path, (3, 4))
    again = cached(tmp_path, (5, 4))

    assert counted == [3, 4, 5]
    assert list(again) == [4, 5]
    assert_equal(again[4], first[4])
    assert_equal(first[3], real_measurements.measure_real_clips(DATA, FRAMES, 3, None))


@pytest.mark.parametrize(
    "other",
    [
        {"frames": FRAMES - 1},
        {"data": dataclasses.replace(DATA, fingerprint="of changed files")},
        {"data": dataclasses.replace(DATA, mean=DATA.mean + 1)},
    ],
    ids=["frames", "fingerprint", "mean"],
)
def test_other_clips_or_data_are_measured_separately(tmp_path, counted, other):
    cached(tmp_path)
    cached(tmp_path, **other)
    assert counted == [3, 3]


def test_another_version_is_measured_again(tmp_path, counted, monkeypatch):
    cached(tmp_path)
    monkeypatch.setattr(real_measurements_cache, "_VERSION", real_measurements_cache._VERSION + 1)
    cached(tmp_path)
    assert counted == [3, 3]


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: b"",
        lambda content: b"{}",
        lambda content: content[: len(content) // 2],
        lambda content: content[:-1],
        lambda content: content[:2000] + bytes([content[2000] ^ 1]) + content[2001:],
        lambda content: content[::-1],
    ],
    ids=["empty", "other", "half", "short", "a bit", "backwards"],
)
def test_a_damaged_file_is_measured_again(tmp_path, counted, damage):
    first = cached(tmp_path)[3]
    (path,) = (tmp_path / "real_measurements").iterdir()
    whole = path.read_bytes()
    path.write_bytes(damage(whole))

    assert_equal(cached(tmp_path)[3], first)
    assert counted == [3, 3]
    assert_equal(cached(tmp_path)[3], first)
    assert counted == [3, 3]


def test_pickles_are_not_read(tmp_path, counted):
    cached(tmp_path)
    (path,) = (tmp_path / "real_measurements").iterdir()
    arrays = dict(np.load(path, allow_pickle=False))
    np.savez(path, **{**arrays, "train_mmd_avg": np.array([{"a": 1}], dtype=object)})

    cached(tmp_path)

    assert counted == [3, 3]


def test_without_a_writable_folder_clips_are_measured_each_time(tmp_path, counted):
    (tmp_path / "real_measurements").write_text("a file in place of the folder")
    first = cached(tmp_path)
    assert_equal(cached(tmp_path)[3], first[3])
    assert counted == [3, 3]
