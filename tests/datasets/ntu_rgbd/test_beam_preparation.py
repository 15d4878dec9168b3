"""Apache Beam pipelines prepare the same examples as the plain preparation."""

import json

import numpy as np
import pytest
import tensorflow_datasets as tfds

from datasets.ntu_rgbd.ntu_rgbd_dataset_builder import Builder
from datasets.raw_data_error import RawDataError
from tests.datasets.ntu_rgbd.write_skeleton_files import write

beam = pytest.importorskip(
    "apache_beam", reason="apache-beam is not installed (see requirements-beam.txt)"
)
pytestmark = pytest.mark.filterwarnings("ignore")  # Beam emits many warnings


def prepare(manual_dir, data_dir, config="xview", **beam_of):
    builder = Builder(config=config, data_dir=data_dir, file_format="tfrecord")
    download_config = tfds.download.DownloadConfig(manual_dir=manual_dir, **beam_of)
    builder.download_and_prepare(download_config=download_config)
    return builder


def options(*flags):
    return beam.options.pipeline_options.PipelineOptions(
        ["--runner=DirectRunner", "--direct_num_workers=1", *flags]
    )


@pytest.fixture(scope="module")
def raw(tmp_path_factory):
    """24 recordings, one of them damaged and one without a body."""
    folder = tmp_path_factory.mktemp("raw")
    write(folder, [1, 2, 3, 4], (7, 27), frame_rate=5)
    (folder / "S001C002P001R001A007.skeleton").write_bytes(b"\0")
    (folder / "S001C001P003R001A027.skeleton").write_text("1\n0\n")
    return folder


@pytest.mark.parametrize("config", ["xview", "xsub_3d"])
def test_examples_and_report_are_the_same(raw, config, tmp_path):
    plain = prepare(raw, tmp_path / "plain", config)
    by_beam = prepare(raw, tmp_path / "beam", config, beam_options=options())

    for split in ("train", "test"):
        rows, others = (
            list(tfds.as_numpy(builder.as_dataset(split=split))) for builder in (plain, by_beam)
        )
        assert len(rows) == plain.info.splits[split].num_examples > 0
        for row, other in zip(rows, others, strict=True):
            assert row.keys() == other.keys()
            for name, value in row.items():
                np.testing.assert_array_equal(value, other[name])
    assert plain.info.metadata.keys() == by_beam.info.metadata.keys()
    for name, value in plain.info.metadata.items():
        if name in ("mean", "std"):  # sums of parts may differ in the last digits
            np.testing.assert_allclose(by_beam.info.metadata[name], value, rtol=1e-9, atol=1e-9)
        else:
            assert by_beam.info.metadata[name] == value
    reports = [
        json.loads((tmp_path / way / "ntu_rgbd" / config / "raw_files_report.json").read_text())
        for way in ("plain", "beam")
    ]
    assert reports[0] == reports[1]
    assert len(reports[0]["damaged"]) == len(reports[0]["missing"]) == 1


def test_a_runner_alone_is_enough(raw, tmp_path):
    runner = beam.runners.direct.direct_runner.BundleBasedDirectRunner()

    builder = prepare(raw, tmp_path, beam_runner=runner)

    assert sum(info.num_examples for info in builder.info.splits.values()) == 22


def test_too_many_damaged_files_fail_the_build_and_leave_nothing(raw, tmp_path):
    for camera in (1, 2, 3):
        (tmp_path / "raw").mkdir(exist_ok=True)
        name = f"S001C00{camera}P002R001A007.skeleton"
        (tmp_path / "raw" / name).write_bytes((raw / name).read_bytes())
    (tmp_path / "raw" / "S001C002P002R001A027.skeleton").write_bytes(b"\0")

    with pytest.raises(RawDataError, match="1 of 4 files are damaged"):
        prepare(tmp_path / "raw", tmp_path, beam_options=options())

    assert not list((tmp_path / "ntu_rgbd" / "xview").glob("*1.0.0*"))
