"""Files of prepared data that are cut, empty or missing end in one message."""

import shutil

import pytest

from sagcn_tf.data import input_pipeline
from sagcn_tf.errors import UserError
from tests.bvh_folder import write_bvh_folder

RECORDS = "motion_folder-train.tfrecord-00000-of-00001"


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    """The folders of raw files and of prepared data."""
    folder = tmp_path_factory.mktemp("damaged")
    write_bvh_folder(folder / "bvh", files=3, frames=20)
    input_pipeline.load("motion_folder", str(folder / "data"), str(folder / "bvh"))
    return folder


@pytest.mark.parametrize("kept", [None, 0, 100])
@pytest.mark.parametrize("name", [RECORDS, "dataset_info.json", "metadata.json"])
def test_a_damaged_file_is_one_message_and_the_data_can_be_prepared_again(
    prepared, tmp_path, name, kept
):
    shutil.copytree(prepared / "data", tmp_path / "data")
    (path,) = (tmp_path / "data").rglob(name)
    content = path.read_bytes()
    path.unlink()
    if kept is not None:
        path.write_bytes(content[:kept])
    folders = str(tmp_path / "data"), str(prepared / "bvh")

    with pytest.raises(UserError, match="prepared data in .* are damaged .* Delete this folder"):
        input_pipeline.load("motion_folder", *folders)

    shutil.rmtree(path.parent)
    assert len(input_pipeline.load("motion_folder", *folders).train.labels) == 6
