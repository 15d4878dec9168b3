import dataclasses
import json

import numpy as np
import pytest

from sagcn_tf import runs
from sagcn_tf.errors import UserError
from sagcn_tf.files import write_json
from sagcn_tf.training.trainer import Trainer
from tests.small_data import CLASS_NAMES, RecordingReporter, small_config, small_data
from tests.systems import eager_functions

CONFIG = small_config("tuned", steps=2, evaluate_every=1, ema_decay=0.5, learning_rate=0.1)
LABEL = np.eye(len(CLASS_NAMES), dtype=np.float32)
SEED = np.arange(len(CLASS_NAMES), dtype=np.int32)

HISTORY = """\
step,D_V/loss,D_V/accuracy_real,selection/mmd_seq,steps_per_second
10,1.4,0.5,,2.0
20,1.2,0.6,0.9,2.0
30,1.1,0.7,0.4,
40,1.0,0.8,0.5,2.0
"""


class FirstIsBest(RecordingReporter):
    """Scores the first step best, and keeps the generated motion of each evaluation."""

    def __init__(self, model):
        super().__init__(model=model)
        self.generated = {}

    def evaluation(self, step):
        self.generated[step] = self.model.generate(LABEL, SEED).numpy()
        return float(step)


@pytest.fixture(autouse=True, scope="module")
def eager():
    """Eager steps and samples take a fraction of the time of tracing them."""
    with eager_functions():
        yield


@pytest.fixture(scope="module")
def trained(eager, tmp_path_factory):
    """The folder of a run, and the generated motion of each evaluation: {step: motion}."""
    run_dir, data = tmp_path_factory.mktemp("run"), small_data()
    CONFIG.save(run_dir / "config.json")
    write_json(run_dir / "data.json", data.describe())
    trainer = Trainer(CONFIG, data, run_dir)
    trainer.restore()
    reporter = FirstIsBest(trainer.model)
    trainer.train(reporter)
    return run_dir, reporter.generated


@pytest.fixture
def copied_run(trained, tmp_path):
    """A copy of the run that tests may damage."""
    for name in ("config.json", "data.json"):
        (tmp_path / name).write_bytes((trained[0] / name).read_bytes())
    (tmp_path / "checkpoints").symlink_to(trained[0] / "checkpoints")
    return tmp_path


@pytest.mark.parametrize(("checkpoint", "step"), [("best", 1), ("last", 2)])
def test_an_opened_run_generates_the_same_motion_as_the_trained_model(trained, checkpoint, step):
    run_dir, generated = trained

    model, data, config = runs.open_run(run_dir, checkpoint)

    assert config == CONFIG
    assert data.class_names == CLASS_NAMES and data.train is None
    np.testing.assert_array_equal(data.mean, small_data().mean)
    np.testing.assert_array_equal(model.generate(LABEL, SEED), generated[step])
    assert np.abs(generated[1] - generated[2]).max() > 1e-3


def test_an_opened_run_has_only_the_weights_for_sampling(trained):
    model, _, _ = runs.open_run(trained[0])

    assert len(model.weights) == len(model.average_generator.weights) > 20


def test_an_opened_run_does_not_depend_on_initial_weights(trained, monkeypatch):
    run_dir, generated = trained
    new_model = runs.new_model

    def with_another_seed(config, data, for_training):
        return new_model(dataclasses.replace(config, seed=config.seed + 1), data, for_training)

    monkeypatch.setattr(runs, "new_model", with_another_seed)
    model, _, _ = runs.open_run(run_dir, "last")

    np.testing.assert_array_equal(model.generate(LABEL, SEED), generated[2])


def test_a_folder_without_a_run_is_refused(tmp_path):
    with pytest.raises(UserError, match="is not a run: it has no config.json. Train one first"):
        runs.open_run(tmp_path)
    with pytest.raises(UserError, match="^/.*nowhere is not a run"):
        runs.read_config(tmp_path / "nowhere")


@pytest.mark.parametrize("content", [None, b"", b"[]", b"{}", b'{"mean": 3}', 999 * b" " + b"\xff"])
def test_a_damaged_data_description_is_named(copied_run, content):
    (copied_run / "data.json").unlink()
    if content is not None:
        (copied_run / "data.json").write_bytes(content)

    with pytest.raises(UserError, match="data.json does not describe a data set ") as caught:
        runs.open_run(copied_run)
    assert len(str(caught.value)) < 500 + len(str(copied_run))  # not all that it has


def test_a_data_description_with_an_invalid_skeleton_is_named(copied_run):
    description = json.loads((copied_run / "data.json").read_text())
    description["skeleton"]["edges"] = [[0, 99]]
    write_json(copied_run / "data.json", description)

    with pytest.raises(UserError, match="data.json does not describe .*joint 99"):
        runs.open_run(copied_run)


def test_a_run_without_a_checkpoint_is_refused(copied_run):
    (copied_run / "checkpoints").unlink()

    with pytest.raises(UserError, match="has no 'best' checkpoint yet. Train it further"):
        runs.open_run(copied_run)


def test_an_unknown_checkpoint_is_refused(copied_run):
    with pytest.raises(UserError, match=r"one of \('best', 'last'\), received 'first'"):
        runs.open_run(copied_run, "first")


@pytest.mark.parametrize("change", [{"maps": (11, 13)}, {"modes": 0}, {"preset": "paper"}])
def test_weights_of_a_different_configuration_are_refused(copied_run, change):
    dataclasses.replace(CONFIG, **change).save(copied_run / "config.json")

    with pytest.raises(UserError, match="ckpt-1 is damaged or does not match .*config.json"):
        runs.open_run(copied_run)


def test_damaged_weights_are_refused(trained, copied_run):
    (copied_run / "checkpoints").unlink()
    folder = copied_run / "checkpoints" / "best"
    folder.mkdir(parents=True)
    for path in (trained[0] / "checkpoints" / "best").iterdir():
        whole = path.read_bytes()
        damaged = whole[: len(whole) // 2] if path.suffix == ".index" else whole
        (folder / path.name).write_bytes(damaged)

    with pytest.raises(UserError, match="ckpt-1 is damaged or does not match"):
        runs.open_run(copied_run)


@pytest.fixture
def history(tmp_path):
    path = tmp_path / "history.csv"
    path.write_text(HISTORY)
    return path


def test_empty_values_are_absent(history):
    rows = runs.read_history(history)

    assert rows[0] == {
        "step": 10,
        "D_V/loss": 1.4,
        "D_V/accuracy_real": 0.5,
        "steps_per_second": 2.0,
    }
    assert [row.get("selection/mmd_seq") for row in rows] == [None, 0.9, 0.4, 0.5]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", r"expected a column `step`, got \[\]"),
        ("loss\n1\n", r"expected a column `step`, got \['loss'\]"),
        ("step,loss\n1,2\n2,many\n", "line 3: expected a number for loss, got 'many'"),
        ("step,loss\n,2\n", "line 2: expected a whole number for step, got ''"),
        ("step,loss\ninf,2\n", "line 2: expected a whole number for step, got 'inf'"),
        ("step,loss\n1,2,3\n", "line 2 has more values"),
        ("step,loss\n1,\xff\n", "codec can't decode"),
    ],
)
def test_a_damaged_history_is_named(history, text, message):
    history.write_text(text, encoding="latin-1")

    with pytest.raises(UserError, match=f"history.csv is not .*{message}.*. Restore the file, or"):
        runs.read_history(history)


def test_a_missing_history_is_named(tmp_path):
    with pytest.raises(UserError, match="history.csv is not .*: .*No such file"):
        runs.read_history(tmp_path / "history.csv")
