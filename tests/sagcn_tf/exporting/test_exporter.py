import json
import pathlib
import resource
import shutil
import subprocess
import sys

import numpy as np
import pytest
import tensorflow as tf
from tensorflow.core.framework.types_pb2 import DataType
from tensorflow.core.protobuf.saved_model_pb2 import SavedModel
from tensorflow_serving.apis.prediction_log_pb2 import PredictionLog

from sagcn_tf import runs
from sagcn_tf.errors import UserError
from sagcn_tf.exporting import exporter
from serving.errors import UserError as ServingError
from serving.replay import read_logs, replay
from serving.session_model import SessionModel
from tests.small_data import CLASS_NAMES, FRAMES, SKELETON, small_data
from tests.small_export import CONFIG, small_export, small_model, small_run
from tests.systems import system_config

ROOT = pathlib.Path(__file__).parents[3]
CLASSES = len(CLASS_NAMES)


def test_a_version_has_all_files():
    path = small_export().path

    assert (path.name, path.parent.name) == ("1", "small")
    files = {file.relative_to(path).as_posix() for file in path.rglob("*") if file.is_file()}
    assert files >= {
        "saved_model.pb",
        "variables/variables.index",
        "assets/model.json",
        "assets.extra/tf_serving_warmup_requests",
        "assets.extra/export_report.json",
        "assets.extra/config.json",
        "assets.extra/metrics.json",
    }
    for name in ("config.json", "metrics.json"):
        assert (path / "assets.extra" / name).read_bytes() == (small_run() / name).read_bytes()
    assert json.loads((path / "assets" / "model.json").read_text())["class_names"] == CLASS_NAMES
    assert list(path.parent.iterdir()) == [path]


def test_the_saved_model_has_the_expected_signatures():
    text = (small_export().path / "saved_model.pb").read_bytes()
    (meta_graph,) = SavedModel.FromString(text).meta_graphs
    motion = ("DT_FLOAT", [-1, FRAMES, SKELETON.num_joints, 2])
    number = ("DT_INT32", [-1])
    generate = ({"label": number, "seed": number}, {"motion": motion})

    assert list(meta_graph.meta_info_def.tags) == ["serve"]
    assert shown(meta_graph.signature_def) == {
        "serving_default": generate,
        "generate": generate,
        "mix": (
            {"label_weights": ("DT_FLOAT", [-1, CLASSES]), "seed": number},
            {"motion": motion},
        ),
        "transition": (
            {"label_from": number, "label_to": number, "seed": number},
            {"motion": motion},
        ),
        "attend": (
            {"label": number, "seed": number},
            {
                "motion": motion,
                "attention": ("DT_FLOAT", [-1, FRAMES, FRAMES]),
                "kept": ("DT_INT32", [-1, FRAMES, CONFIG.top_k + 1]),
            },
        ),
        "describe": ({"request": number}, {"description": ("DT_STRING", [-1])}),
    }


def shown(signatures):
    """Returns the types and shapes of signatures by name, as saved_model_cli shows them."""

    def tensors(infos):
        return {
            name: (DataType.Name(info.dtype), [size.size for size in info.tensor_shape.dim])
            for name, info in infos.items()
        }

    return {
        name: (tensors(one.inputs), tensors(one.outputs))
        for name, one in signatures.items()
        if one.method_name
    }


def test_the_saved_model_has_only_the_generator():
    names = dict(tf.train.list_variables(str(small_export().path / "variables" / "variables")))
    model = small_model()

    stored = [shape for name, shape in names.items() if "VARIABLE_VALUE" in name]
    assert len(stored) == len(model.average_generator.weights)
    numbers = sum(int(np.prod(shape)) for shape in stored)
    assert numbers == model.average_generator.count_params() == small_export().report["parameters"]


def test_warm_up_requests_cover_each_signature_and_batch_size():
    path = small_export().path / "assets.extra" / "tf_serving_warmup_requests"
    records = tf.data.TFRecordDataset(str(path)).as_numpy_iterator()
    requests = [PredictionLog.FromString(record).predict_log.request for record in records]

    asked = {}
    for request in requests:
        assert request.model_spec.name == "small"
        (batch,) = {tensor.tensor_shape.dim[0].size for tensor in request.inputs.values()}
        asked.setdefault(request.model_spec.signature_name, []).append(batch)
    names = {"serving_default", "generate", "mix", "transition", "attend", "describe"}
    assert asked == dict.fromkeys(names, [1, 8, 64])


def test_the_report_has_size_latency_and_verification():
    report = json.loads((small_export().path / "assets.extra" / "export_report.json").read_text())

    assert report == small_export().report
    assert (report["checkpoint"], report["weights"]) == ("best", "float32")
    graph = small_export().path / "saved_model.pb"
    assert report["bytes"]["saved_model.pb"] == graph.stat().st_size
    assert report["bytes"]["variables"] > 4 * report["parameters"]
    assert all(report["latency_ms"][batch] > 0 for batch in ("1", "8", "64"))
    assert report["verification"]["requests"] == 18
    text = exporter.format_report(report)
    assert f"{report['parameters']:,} weights (float32)" in text
    assert "latency by batch size: 1: " in text


LOAD = """
import json, sys
sys.modules["keras"] = None  # TensorFlow would import it
import tensorflow as tf
from tensorflow_serving.apis.prediction_log_pb2 import PredictionLog
model = tf.saved_model.load(sys.argv[1])
largest = {}
for record in tf.data.TFRecordDataset(sys.argv[1] + "/assets.extra/tf_serving_warmup_requests"):
    log = PredictionLog.FromString(record.numpy()).predict_log
    name = log.request.model_spec.signature_name
    inputs = {k: tf.constant(tf.make_ndarray(v)) for k, v in log.request.inputs.items()}
    for key, answer in model.signatures[name](**inputs).items():
        expected = tf.make_ndarray(log.response.outputs[key])
        if answer.dtype == tf.string:
            difference = float((answer.numpy() != expected).any())
        else:
            difference = float(abs(answer.numpy() - expected).max())
        largest[name] = max(largest.get(name, 0.0), difference)
print(json.dumps([largest, [m for m in sys.modules if m.split(".")[0] in ("sagcn_tf", "serving")]]))
"""


def test_the_saved_model_needs_neither_this_project_nor_keras(tmp_path):
    command = [sys.executable, "-c", LOAD, str(small_export().path)]
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert result.returncode == 0, result.stderr
    largest, imported = json.loads(result.stdout)
    assert imported == []
    assert len(largest) == 6
    assert max(largest.values()) <= 2e-5  # pixels; a standard deviation is about 2 pixels


def test_the_effect_of_rounded_weights_is_measured(tmp_path, monkeypatch):
    """Of the system whose graph is the smallest."""

    def replay_here(folder, seconds):
        return replay(SessionModel(folder), read_logs(folder))

    config = system_config("skeleton_vae")
    opened = runs.new_model(config, small_data(), for_training=False), small_data(), config
    monkeypatch.setattr(runs, "open_run", lambda *arguments: opened)
    monkeypatch.setattr(exporter, "replay", replay_here)

    path, report = exporter.export_run(
        small_run(), tmp_path / "small", weights="bfloat16", progress=lambda line: None
    )

    assert report["weights"] == "bfloat16"
    assert report["bytes"]["variables"] < 3 * report["parameters"]
    assert 0 < report["difference_of_weights"]["mean"] < report["difference_of_weights"]["largest"]
    assert "bfloat16 weights change motion by" in exporter.format_report(report)
    # The answers are compared with the rounded model, not with the exact one.
    assert report["verification"]["differences"]["generate"]["largest"] <= 1e-5


@pytest.fixture
def replayed(monkeypatch):
    """The result of `replay`, without starting another process."""
    found = {
        "requests": 1,
        "seconds": 1.0,
        "latency_ms": {"1": 1.0},
        "differences": {"generate": {"largest": 0.0, "mean": 0.0}},
    }
    monkeypatch.setattr(exporter, "replay", lambda *arguments: json.loads(json.dumps(found)))
    return found


@pytest.fixture
def quick(monkeypatch, replayed):
    """An export that writes an empty SavedModel."""
    opened = small_model(), small_data(), CONFIG
    monkeypatch.setattr(runs, "open_run", lambda *arguments: opened)

    def write_saved_model(folder, served):
        (folder / "saved_model.pb").touch()

    monkeypatch.setattr(exporter, "_write_saved_model", write_saved_model)
    return lambda output_dir, **kwargs: exporter.export_run(
        small_run(), output_dir, progress=lambda line: None, **kwargs
    )


def test_versions_are_numbered(quick, tmp_path):
    assert [quick(tmp_path)[0].name for _ in range(3)] == ["1", "2", "3"]


@pytest.mark.parametrize(
    ("largest", "message"), [(2e-5, "'generate' of the SavedModel differs by 2e-05"), (1e-6, None)]
)
def test_a_saved_model_with_different_answers_gets_no_number(
    quick, replayed, tmp_path, largest, message
):
    replayed["differences"]["generate"]["largest"] = largest

    if message is None:
        assert quick(tmp_path)[0] == tmp_path / "1"
    else:
        with pytest.raises(UserError, match=message):
            quick(tmp_path)
        assert list(tmp_path.iterdir()) == []


def test_a_saved_model_that_does_not_load_gets_no_number(quick, tmp_path, monkeypatch):
    def fail(folder, seconds):
        raise ServingError("cannot be loaded")

    monkeypatch.setattr(exporter, "replay", fail)

    with pytest.raises(UserError, match="the SavedModel does not work: cannot be loaded"):
        quick(tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def no_large_files():
    """Limits files to 100 kB; writers get an error as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_full_disk_leaves_nothing(quick, tmp_path, no_large_files):
    with pytest.raises(UserError, match=f"--output_dir={tmp_path} cannot be written: .*too large"):
        quick(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_weights_that_a_type_cannot_represent_are_refused(quick, tmp_path, monkeypatch):
    weights = small_model().average_generator.get_weights()
    small_model().average_generator.set_weights([1e6 * weight for weight in weights])
    try:
        with pytest.raises(UserError, match="--weights=float16 cannot represent the weights"):
            quick(tmp_path, weights="float16")
    finally:
        small_model().average_generator.set_weights(weights)


def test_a_run_that_was_not_evaluated_is_exported_without_metrics(quick, tmp_path):
    run_dir = tmp_path / "run"
    shutil.copytree(small_run(), run_dir)
    (run_dir / "metrics.json").unlink()

    path, _ = exporter.export_run(run_dir, tmp_path / "models", progress=lambda line: None)

    assert not (path / "assets.extra" / "metrics.json").exists()
    assert (path / "assets.extra" / "config.json").exists()


def test_progress_has_four_stages():
    assert [line[:3] for line in small_export().progress] == ["1/4", "2/4", "3/4", "4/4"]
