"""Human3.6M as people have it: other forms, other places, and what is said if something lacks."""

import io
import logging
import pickle
import re
import shutil
import zipfile

import numpy as np
import pytest

from datasets.human36m import npz_archive, recordings
from datasets.human36m.archives import open_archive
from datasets.raw_data_error import RawDataError
from tests.datasets.human36m import dummy_archives

NAMES = {1: ["Walking", "Sitting 1"], 11: ["Walking"]}
FOUND = [(1, "Sitting 1"), (1, "Walking"), (11, "Walking")]


def write_world_cdf(folder):
    """Writes the owners' `D3 Positions`."""
    for subject, names in NAMES.items():
        for name in names:
            path = folder / f"S{subject}" / "MyPoseFeatures" / "D3_Positions" / f"{name}.cdf"
            dummy_archives.write_cdf(path, dummy_archives.world_poses(subject, name))


def write_npz(folder, change=lambda poses: poses):
    """Writes data_3d_h36m.npz as VideoPose3D does: a pickled dictionary, in meters."""
    poses = {
        f"S{subject}": {
            name: dummy_archives.world_poses(subject, name).astype(np.float32) / 1000
            for name in names
        }
        for subject, names in NAMES.items()
    }
    folder.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(folder / "data_3d_h36m.npz", positions_3d=change(poses))


WORLD = {
    "D3_Positions": write_world_cdf,
    "npz": write_npz,
    "h5": lambda folder: dummy_archives.write_h5_archive(folder, NAMES),
}


def refusal(folder, dimensions=2):
    with pytest.raises(RawDataError) as caught:
        open_archive(folder, dimensions, "Here is how")
    assert str(caught.value).endswith("\nHere is how")
    return str(caught.value)


@pytest.mark.parametrize("form", WORLD)
def test_3d_is_read_from_world_coordinates_alone(tmp_path, form):
    WORLD[form](tmp_path)
    (tmp_path / "cameras.h5").unlink(missing_ok=True)

    archive, found = open_archive(tmp_path, 3, "")

    assert found == FOUND and not archive.has_camera
    world = dummy_archives.world_poses(1, "Walking")[:, recordings.KEPT_JOINTS]
    right, away, up = np.moveaxis(world, -1, 0)
    expected = np.stack([right, -up, away], axis=-1)
    np.testing.assert_allclose(archive.read_positions(found[1]), expected, rtol=1e-6, atol=1e-3)


@pytest.mark.parametrize("form", WORLD)
def test_2d_from_world_coordinates_needs_the_cameras(tmp_path, form):
    WORLD[form](tmp_path)
    (tmp_path / "cameras.h5").unlink(missing_ok=True)

    message = refusal(tmp_path)

    assert "world coordinates alone: 2-D needs the cameras. Put cameras.h5" in message
    assert "--dataset=human36m_3d" in message


@pytest.mark.parametrize("form", WORLD)
def test_with_the_cameras_world_coordinates_are_those_that_the_camera_sees(tmp_path, form):
    WORLD[form](tmp_path)
    dummy_archives.write_cameras(tmp_path / "cameras.h5", NAMES)
    world = dummy_archives.world_poses(1, "Walking")[:, recordings.KEPT_JOINTS]
    expected, _ = dummy_archives.seen_by(dummy_archives.calibration(1), world)

    archive, found = open_archive(tmp_path, 2, "")

    np.testing.assert_allclose(archive.read(found[1])[0], expected, rtol=1e-5, atol=1e-3)


@pytest.mark.parametrize("form", WORLD)
def test_missing_recordings_are_named_in_a_warning_whatever_the_form(tmp_path, caplog, form):
    WORLD[form](tmp_path)

    with caplog.at_level(logging.WARNING, logger="absl"):
        open_archive(tmp_path, 3, "")

    [message] = [r.getMessage() for r in caplog.records if "without" in r.getMessage()]
    what = "recordings" if form == "npz" else "files"
    start = f"Human3.6M is prepared without 117 missing {what} in {tmp_path}: "
    assert message.startswith(start)
    names = message.removeprefix(start).split(", ")
    assert len(names) == 117
    assert [name for name in names if re.match(r"S1\b.*\bSitting 2\b", name)]
    assert not [name for name in names if re.match(r"S1\b.*\bSitting 1\b", name)]


@pytest.mark.parametrize("place", ["h36m", "archives/h36m"])
def test_an_archive_may_lie_deeper(tmp_path, place):
    dummy_archives.write_h5_archive(tmp_path / place, NAMES)

    archive, found = open_archive(tmp_path, 2, "")

    assert found == FOUND and archive.folder == tmp_path / place


def test_3d_needs_no_images(tmp_path):
    dummy_archives.write_cdf_archive(tmp_path, NAMES)
    for folder in tmp_path.glob("S*/MyPoseFeatures/D2_Positions"):
        shutil.rmtree(folder)

    archive, found = open_archive(tmp_path, 3, "")

    assert found == FOUND and archive.read_positions(found[0]).shape[1:] == (16, 3)
    assert "expected D2_Positions and D3_Positions_mono" in refusal(tmp_path)
    assert "found D3_Positions_mono" in refusal(tmp_path)


def put_packed(folder):
    (folder / "Poses_D3_Positions_S1.tgz").touch()


def put_other_camera(folder):
    dummy_archives.write_cdf_archive(folder, NAMES)
    for path in folder.rglob("*.cdf"):
        path.rename(path.with_name(path.name.replace("55011271", "54138969")))


def put_universal(folder):
    (folder / "S1" / "MyPoseFeatures" / "D3_Positions_mono_universal").mkdir(parents=True)


def put_keypoints(folder):
    (folder / "data_2d_h36m_gt.npz").touch()


@pytest.mark.parametrize(
    ("put", "named"),
    [
        (put_packed, ["Poses_D3_Positions_S1.tgz", "Unpack the archives"]),
        (put_other_camera, ["files of camera 55011271"]),
        (put_universal, ["found D3_Positions_mono_universal"]),
        (put_keypoints, ["data_2d_h36m_gt.npz", "only data_3d_h36m.npz is read"]),
        (lambda folder: None, ["It has nothing."]),
    ],
)
def test_the_message_names_what_is_there_and_what_lacks(tmp_path, put, named):
    put(tmp_path)

    for part in named:
        assert part in refusal(tmp_path)


def test_the_folder_of_one_subject_is_not_enough(tmp_path):
    dummy_archives.write_h5_archive(tmp_path, NAMES)

    assert f"Give the folder that has all subjects: {tmp_path}." in refusal(tmp_path / "S1")


class Trap:
    """Calls a function when it is unpickled."""

    def __reduce__(self):
        return pytest.fail, ("it was unpickled",)


@pytest.mark.parametrize(
    "change",
    [
        lambda poses: Trap(),
        lambda poses: {"S1": {"Walking": Trap()}},
        lambda poses: {"S1": Trap()},
        lambda poses: {1: 2},
        lambda poses: np.zeros(3),
        lambda poses: {"S1": {"Walking": np.array(["text"])}},
    ],
)
def test_other_pickles_are_refused_and_never_run(tmp_path, change):
    write_npz(tmp_path, change)

    with pytest.raises(RawDataError, match=r"data_3d_h36m\.npz: expected the world coordinates"):
        open_archive(tmp_path, 3, "")


@pytest.mark.parametrize("version", [2, 3, 4])
def test_pickles_of_older_programs_are_read(tmp_path, version):
    write_npz(tmp_path)
    with np.load(tmp_path / "data_3d_h36m.npz", allow_pickle=True) as file:
        poses = file["positions_3d"]
    with zipfile.ZipFile(tmp_path / "data_3d_h36m.npz", "w") as archive:
        content = io.BytesIO()
        np.lib.format.write_array_header_1_0(
            content, np.lib.format.header_data_from_array_1_0(poses)
        )
        content.write(pickle.dumps(poses, version))
        archive.writestr("positions_3d.npy", content.getvalue())

    archive, found = open_archive(tmp_path, 3, "")

    assert found == FOUND and np.isfinite(archive.read_positions(found[0])).all()


@pytest.mark.parametrize("keep", [0, 50, 1000, -30])
def test_a_file_cut_short_is_named(tmp_path, keep):
    write_npz(tmp_path)
    path = tmp_path / "data_3d_h36m.npz"
    path.write_bytes(path.read_bytes()[:keep])

    with pytest.raises(RawDataError, match=r"data_3d_h36m\.npz: expected"):
        open_archive(tmp_path, 3, "")


def test_an_array_whose_header_is_damaged_is_named(tmp_path):
    write_npz(tmp_path)
    with zipfile.ZipFile(tmp_path / "data_3d_h36m.npz", "w") as archive:
        archive.writestr("positions_3d.npy", b"\x93NUMPY\x01\x00\x10\x00{'descr': ('|O'\n")

    with pytest.raises(RawDataError, match=r"data_3d_h36m\.npz: expected"):
        open_archive(tmp_path, 3, "")


def test_an_archive_that_states_too_much_is_refused_unread(tmp_path, monkeypatch):
    write_npz(tmp_path)
    monkeypatch.setattr(npz_archive, "_LARGEST", 1000)

    with pytest.raises(RawDataError, match=r"positions_3d\.npy states more than 1000 bytes"):
        open_archive(tmp_path, 3, "")
