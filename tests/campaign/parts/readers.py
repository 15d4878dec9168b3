"""Mutated motion files: each reader gives motion or one error of its own, and in time."""

import random
import resource
import signal
import zipfile

import numpy as np

from datasets.human36m.cdf_archive import CdfArchive
from datasets.human36m.h5_archive import H5Archive
from datasets.human36m.npz_archive import NAME, NpzArchive
from datasets.human36m.recordings import Recording
from datasets.motion_folder.readers import read_recording
from datasets.ntu_rgbd import skeleton_file
from datasets.ntu_rgbd.damaged_file_error import DamagedFileError
from datasets.ntu_rgbd.zip_source import ZipSource
from datasets.raw_data_error import RawDataError
from tests.bvh_folder import bvh_text
from tests.campaign.mutations import mutated
from tests.datasets.human36m import dummy_archives
from tests.datasets.ntu_rgbd.bodies import moving
from tests.datasets.ntu_rgbd.write_skeleton_files import text as skeleton_text

_SECONDS, _BYTES = 10, 4 * 2**30  # limits of one file
_WALKING = Recording(1, "Walking")


def run(trials):
    """Reads mutated files, as many of each form as there are trials."""
    resource.setrlimit(resource.RLIMIT_AS, (_BYTES, _BYTES))
    signal.signal(signal.SIGALRM, _too_slow)
    forms = _forms(trials.folder)
    for number, (form, (path, read)) in enumerate(forms.items()):
        content = path.read_bytes()
        stage = trials.part(trials.most, 1 / (len(forms) - number))
        refused = 0
        for seed in stage:
            path.write_bytes(mutated(content, random.Random(seed)))
            signal.alarm(_SECONDS)
            try:
                read()
            except (RawDataError, DamagedFileError) as error:
                refused += 1
                if not str(error):
                    trials.fail(seed, f"{form}: a message without words")
            except BaseException as error:
                trials.fail(seed, f"{form}: {type(error).__name__}: {str(error)[:200]}")
            finally:
                signal.alarm(0)
        path.write_bytes(content)
        trials.done += stage.done
        trials.note(f"{form}: {stage.done} files, {refused} refused, the others read.")


class _TooSlow(BaseException):
    """Not an `Exception`, which a reader may take for damage."""


def _too_slow(*_):
    raise _TooSlow(f"took more than {_SECONDS} seconds")


def _forms(folder):
    """Writes a small file of each form; returns `{form: (path, function that reads it)}`."""
    world = (dummy_archives.world_poses(*_WALKING) / 1000).astype(np.float32)
    dummy_archives.write_h5_archive(folder, {1: ["Walking"]})
    dummy_archives.write_cdf_archive(folder / "cdf", {1: ["Walking"]})
    np.savez(folder / NAME, positions_3d={"S1": {"Walking": world}})
    motion = np.random.default_rng(0).normal(size=(6, 4, 3))
    np.savez_compressed(folder / "motion.npz", motion=motion, fps=30)
    np.save(folder / "motion.npy", motion)
    rows = "\n".join(",".join(f"{value:.4f}" for value in frame.ravel()) for frame in motion)
    head = ",".join(f"joint{joint}_{axis}" for joint in range(4) for axis in "xyz")
    (folder / "motion.csv").write_text(f"{head}\n{rows}\n")
    (folder / "motion.bvh").write_text(bvh_text("waving", 5, 0))
    skeleton = folder / "S001C001P001R001A001.skeleton"
    skeleton.write_bytes(skeleton_text(moving(4)).encode())
    with zipfile.ZipFile(folder / "ntu.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(skeleton, f"nturgb+d_skeletons/{skeleton.name}")

    def archive_of(archive_class, place):
        return lambda: _read_all(archive_class(place))

    def recording_of(path):
        return path, lambda: read_recording([path])

    return {
        "BVH": recording_of(folder / "motion.bvh"),
        "CSV": recording_of(folder / "motion.csv"),
        "npz": recording_of(folder / "motion.npz"),
        "npy": recording_of(folder / "motion.npy"),
        ".skeleton": (skeleton, lambda: _parse(skeleton.read_bytes())),
        "zip of .skeleton": (folder / "ntu.zip", lambda: _read_zip(folder / "ntu.zip")),
        "h5": (dummy_archives.h5_path(folder, *_WALKING), archive_of(H5Archive, folder)),
        "cameras.h5": (folder / "cameras.h5", archive_of(H5Archive, folder)),
        "CDF": (
            dummy_archives.cdf_path(folder / "cdf", "D3_Positions_mono", *_WALKING),
            archive_of(CdfArchive, folder / "cdf"),
        ),
        NAME: (folder / NAME, archive_of(NpzArchive, folder)),
    }


def _read_all(archive):
    for recording in archive.recordings():
        for values in archive.read(recording):
            assert np.isfinite(values).all(), "not finite"


def _read_zip(path):
    source = ZipSource(path)
    for recording in source.recordings():
        _parse(source.read(recording))


def _parse(content):
    length, bodies = skeleton_file.parse("file.skeleton", content)
    for body in bodies.values():
        assert body.frames[-1] < length, "a frame beyond the end"
