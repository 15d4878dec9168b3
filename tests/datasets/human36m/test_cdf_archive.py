import numpy as np
import pytest

from datasets.human36m.cdf_archive import CdfArchive
from datasets.human36m.recordings import KEPT_JOINTS, Recording
from datasets.raw_data_error import RawDataError
from tests.datasets.human36m import dummy_archives

WALKING = Recording(1, "Walking 1")


@pytest.fixture
def folder(tmp_path):
    dummy_archives.write_cdf_archive(tmp_path, {1: ["Walking 1"], 5: ["SittingDown"]})
    return tmp_path


def image_path(folder, recording=WALKING):
    return dummy_archives.cdf_path(folder, "D2_Positions", *recording)


def space_path(folder, recording=WALKING):
    return dummy_archives.cdf_path(folder, "D3_Positions_mono", *recording)


def test_reads_the_kept_joints_of_both_files(folder):
    world = dummy_archives.world_poses(*WALKING)[:, KEPT_JOINTS]
    expected_positions, expected_pixels = dummy_archives.seen_by(
        dummy_archives.calibration(1), world
    )

    positions, pixels = CdfArchive(folder).read(WALKING)

    assert positions.dtype == pixels.dtype == np.float64
    np.testing.assert_allclose(positions, expected_positions, rtol=1e-6, atol=1e-3)
    np.testing.assert_allclose(pixels, expected_pixels, rtol=1e-6)


def test_a_recording_needs_both_files(folder):
    space_path(folder, (5, "SittingDown")).unlink()

    assert CdfArchive(folder).recordings() == [WALKING]


def test_other_cameras_are_ignored(folder):
    path = image_path(folder)
    path.rename(path.with_name("Walking 1.54138969.cdf"))

    assert CdfArchive(folder).recordings() == [(5, "SittingDown")]


@pytest.mark.parametrize("path_of", [image_path, space_path])
@pytest.mark.parametrize("keep", [0, 300, -100])
def test_a_file_cut_short_is_refused_by_name(folder, path_of, keep):
    path = path_of(folder)
    path.write_bytes(path.read_bytes()[:keep])

    with pytest.raises(RawDataError, match=r"Walking 1\.55011271\.cdf: expected"):
        CdfArchive(folder).read(WALKING)


def test_a_file_of_the_other_folder_is_refused(folder):
    image_path(folder).write_bytes(space_path(folder).read_bytes())

    with pytest.raises(RawDataError, match=r"D2_Positions/Walking 1.*\[1, any, 64\].*, 96\]"):
        CdfArchive(folder).read(WALKING)


def test_nan_is_refused_by_name(folder):
    dummy_archives.write_cdf(space_path(folder), np.full((5, 32, 3), np.nan))

    with pytest.raises(RawDataError, match=r"D3_Positions_mono/Walking 1.*got NaN"):
        CdfArchive(folder).read(WALKING)


def test_a_recording_of_zeros_is_refused(folder):
    dummy_archives.write_cdf(space_path(folder), np.zeros((5, 32, 3)))
    dummy_archives.write_cdf(image_path(folder), np.zeros((5, 32, 2)))

    with pytest.raises(RawDataError, match=r"D3_Positions_mono/.*in front.*frames 0, 1, 2, \.\.\."):
        CdfArchive(folder).read(WALKING)


def test_files_of_unequal_length_are_refused(folder):
    dummy_archives.write_cdf(image_path(folder), np.ones((5, 32, 2)))

    with pytest.raises(RawDataError, match=r"has 5 frames, but .*D3_Positions_mono"):
        CdfArchive(folder).read(WALKING)


def test_a_file_that_states_two_billion_dimensions_is_refused_at_once(folder):
    content = bytearray(space_path(folder).read_bytes())
    descriptor = int.from_bytes(content[20:28], "big")  # of the whole file
    content[descriptor + 56 : descriptor + 60] = (2**31 - 1).to_bytes(4, "big")
    space_path(folder).write_bytes(content)

    with pytest.raises(RawDataError, match="it states more values than it can hold"):
        CdfArchive(folder).read(WALKING)
