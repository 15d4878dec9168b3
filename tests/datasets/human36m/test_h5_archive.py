import h5py
import numpy as np
import pytest

from datasets.human36m.h5_archive import H5Archive
from datasets.human36m.recordings import KEPT_JOINTS, Recording
from datasets.raw_data_error import RawDataError
from tests.datasets.human36m import dummy_archives

WALKING = Recording(1, "Walking 1")


@pytest.fixture
def folder(tmp_path):
    dummy_archives.write_h5_archive(tmp_path, {1: ["Walking 1"], 5: ["SittingDown"]})
    return tmp_path


def rewrite(path, values, key="3D_positions"):
    with h5py.File(path, "a") as file:
        del file[key]
        file[key] = values


@pytest.mark.parametrize("recording", [WALKING, Recording(5, "SittingDown")])
def test_reads_what_the_camera_of_that_name_sees(folder, recording):
    world = dummy_archives.world_poses(*recording)[:, KEPT_JOINTS]
    camera = dummy_archives.calibration(recording.subject)
    expected_positions, expected_pixels = dummy_archives.seen_by(camera, world)

    positions, pixels = H5Archive(folder).read(recording)

    np.testing.assert_allclose(positions, expected_positions, rtol=1e-9, atol=1e-6)
    np.testing.assert_allclose(pixels, expected_pixels, rtol=1e-9)


def test_people_are_upright_with_y_down(folder):
    positions, pixels = H5Archive(folder).read(WALKING)
    hip, right_foot, head, left_hip = 0, 3, 9, 4

    for view in (positions, pixels):
        assert (view[:, head, 1] < view[:, hip, 1]).all()
        assert (view[:, hip, 1] < view[:, right_foot, 1]).all()
        assert (view[:, left_hip, 0] > view[:, hip, 0]).all()  # they face the camera


def test_lists_its_recordings(folder):
    assert H5Archive(folder).recordings() == [WALKING, (5, "SittingDown")]
    assert H5Archive(folder / "S1").recordings() == []


def test_a_file_that_is_not_hdf5_is_refused_by_name(folder):
    path = dummy_archives.h5_path(folder, *WALKING)
    path.write_text("not HDF5")

    with pytest.raises(RawDataError, match=r"Walking 1\.h5: expected an HDF5 file"):
        H5Archive(folder).read(WALKING)


def test_a_file_cut_short_is_refused_by_name(folder):
    path = dummy_archives.h5_path(folder, *WALKING)
    path.write_bytes(path.read_bytes()[:3000])

    with pytest.raises(RawDataError, match=r"Walking 1\.h5: expected"):
        H5Archive(folder).read(WALKING)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (np.ones((95, 20)), r"expected numbers of shape \[96, any\].*got float64 of.*\[95, 20\]"),
        (np.ones((96, 0)), r"shape \[96, any\].*\[96, 0\]"),
        (np.ones((20, 32, 3)), r"shape \[96, any\].*\[20, 32, 3\]"),
        (np.full((96, 20), b"text"), r"expected numbers.*got (object|\|S4)"),
        (np.full((96, 20), np.nan), "got NaN or infinity in frames or entries 0, 1, 2, "),
    ],
)
def test_damaged_positions_are_refused_by_name(folder, values, message):
    rewrite(dummy_archives.h5_path(folder, *WALKING), values)

    with pytest.raises(RawDataError, match=r"Walking 1\.h5: .*" + message):
        H5Archive(folder).read(WALKING)


def test_one_bad_number_names_its_frame(folder):
    poses = dummy_archives.world_poses(*WALKING)
    poses[7, 31, 2] = np.inf
    dummy_archives.write_h5(dummy_archives.h5_path(folder, *WALKING), poses)

    with pytest.raises(RawDataError, match="frames or entries 7"):
        H5Archive(folder).read(WALKING)


def test_a_person_behind_the_camera_is_refused(folder):
    poses = dummy_archives.world_poses(*WALKING)
    poses[3, :, 1] = -20_000
    dummy_archives.write_h5(dummy_archives.h5_path(folder, *WALKING), poses)

    with pytest.raises(RawDataError, match=r"Walking 1\.h5: .* in front .* in frames 3\."):
        H5Archive(folder).read(WALKING)


def test_a_file_without_the_positions_is_refused(folder):
    with h5py.File(dummy_archives.h5_path(folder, *WALKING), "a") as file:
        file.move("3D_positions", "poses")

    with pytest.raises(RawDataError, match="expected the array '3D_positions'"):
        H5Archive(folder).read(WALKING)


def test_the_cameras_file_is_asked_for_by_name(folder):
    (folder / "cameras.h5").unlink()

    with pytest.raises(RawDataError, match=r"cameras\.h5 is missing"):
        H5Archive(folder).read(WALKING)


def test_a_cameras_file_without_our_camera_is_refused(folder):
    dummy_archives.write_cameras(folder / "cameras.h5", [1], right_name="12345678")

    with pytest.raises(RawDataError, match=r"cameras\.h5: expected camera 55011271.*subject 1"):
        H5Archive(folder).read(WALKING)


def test_a_camera_of_the_wrong_shape_is_refused(folder):
    rewrite(folder / "cameras.h5", np.eye(4), key="subject1/camera2/R")

    with pytest.raises(RawDataError, match=r"cameras\.h5: .*\[3, 3\] in 'subject1/camera2/R'"):
        H5Archive(folder).read(WALKING)


def test_a_camera_that_sees_no_finite_pixel_is_refused(folder):
    for key, shape in (("f", (2, 1)), ("k", (3, 1))):
        rewrite(folder / "cameras.h5", np.full(shape, 1e300), key=f"subject1/camera2/{key}")

    with pytest.raises(RawDataError, match=r"cameras\.h5: expected a camera that sees subject 1"):
        H5Archive(folder).read(WALKING)


def test_an_array_that_states_too_much_is_refused_unread(folder):
    with h5py.File(dummy_archives.h5_path(folder, *WALKING), "a") as file:
        del file["3D_positions"]
        file.create_dataset("3D_positions", (96, 10**10), "f8", chunks=(96, 100))

    with pytest.raises(RawDataError, match="it states 960000000000 numbers"):
        H5Archive(folder).read(WALKING)
