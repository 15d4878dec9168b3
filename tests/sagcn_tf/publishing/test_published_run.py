import json

import numpy as np
import pytest

import sagcn_tf
from sagcn_tf.errors import UserError
from sagcn_tf.evaluation.report import is_measured, write_metrics
from sagcn_tf.publishing.published_run import publish_run
from sagcn_tf.seal import check_seal
from sagcn_tf.training.run_folder import configuration_of
from tests.small_data import CLASS_NAMES
from tests.small_export import small_run


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    folder = tmp_path_factory.mktemp("published") / "walkers"
    publish_run(small_run(), folder)
    return folder


def test_a_published_run_generates_the_same_motion_and_keeps_its_metrics(published):
    own = sagcn_tf.load_run(small_run()).generate(CLASS_NAMES[0], count=2)

    np.testing.assert_array_equal(sagcn_tf.load_run(published).generate(CLASS_NAMES[0], 2), own)
    assert is_measured(published, "best")
    check_seal(published)


def test_nothing_is_written_into_it(published, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    before = {path: path.read_bytes() for path in published.rglob("*") if path.is_file()}

    assert str(write_metrics(published, "best", {"mmd": 1})) == "runs/walkers/metrics.json"
    with pytest.raises(UserError, match="is a published run, which is not trained further"):
        configuration_of({"steps": 10}, published)
    with pytest.raises(UserError, match="is a run already. Choose a new folder"):
        publish_run(small_run(), published)
    with pytest.raises(UserError, match="has no 'last' checkpoint. Use --checkpoint=best"):
        sagcn_tf.load_run(published, "last")

    assert {path: path.read_bytes() for path in published.rglob("*") if path.is_file()} == before


def test_changed_weights_are_refused(published, tmp_path):
    folder = tmp_path / "copy"
    publish_run(small_run(), folder)
    (weights,) = folder.glob("checkpoints/best/*.data-*")
    damaged = bytearray(weights.read_bytes())
    damaged[len(damaged) // 2] ^= 1
    weights.write_bytes(damaged)

    with pytest.raises(UserError, match="is not the file that was published"):
        sagcn_tf.load_run(folder)


def test_the_metrics_are_those_of_its_checkpoint(published):
    assert list(json.loads((published / "metrics.json").read_text())) == ["best"]
