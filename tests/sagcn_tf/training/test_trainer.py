import dataclasses
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import types

import numpy as np
import pytest

from sagcn_tf.errors import UserError
from sagcn_tf.training.checkpoint_list import check_whole
from sagcn_tf.training.workers import Workers
from tests.recorded_trainer import RecordedTrainer
from tests.small_data import small_config, small_data
from tests.systems import eager_functions, system_config

ROOT = pathlib.Path(__file__).parents[3]
STEPS = 8
# The system whose steps are traced in the shortest time.
CONFIG = system_config("skeleton_vae", STEPS)
# Has everything that a step may depend on: body statistics, penalty, average. Steps run eagerly,
# which takes a fraction of the time of tracing them in three trainers.
SAGCN = small_config("tuned", steps=2, checkpoint_every=1, ema_decay=0.9)
# The same run in a separate process that is killed in step 2.
KILLED_RUN = """
import os, signal, sys
from tests.recorded_trainer import RecordedTrainer
from tests.sagcn_tf.training.test_trainer import SAGCN

def die(step):
    if step == 2:
        os.kill(os.getpid(), signal.SIGKILL)

RecordedTrainer(SAGCN, sys.argv[1], die).train()
"""


def make_trainer(run_dir, at_step=lambda step: None, config=CONFIG):
    return RecordedTrainer(config, run_dir, at_step)


def checkpoints(run_dir, kind):
    return sorted(path.stem for path in (run_dir / "checkpoints" / kind).glob("*.index"))


def state(trainer):
    """Returns all state that later steps depend on: `{name: array}`."""
    variables = {f"weight {v.path}": v for v in trainer.model.variables}
    for name, optimizer in trainer.model.optimizers.items():
        variables |= {f"optimizer {name} {v.path}": v for v in optimizer.variables}
    arrays = {name: variable.numpy() for name, variable in variables.items()}
    return {**arrays, "step": trainer.step.numpy(), "best": trainer.best.numpy()}


def assert_same_state(trainer, other):
    expected, actual = state(other), state(trainer)
    assert len(expected) == len(actual) > 20
    for one, two in zip(expected.values(), actual.values(), strict=True):
        np.testing.assert_array_equal(two, one)


def assert_same_steps(trainer, other, first):
    """Asserts bit-identical results in each step from `first` on."""
    assert trainer.recorder.steps == [(s, r) for s, r in other.recorder.steps if s >= first]
    expected = [(s, score) for s, score in other.recorder.evaluations if s >= first]
    assert trainer.recorder.evaluations == expected


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """The trainer of an uninterrupted run."""
    trainer = make_trainer(tmp_path_factory.mktemp("finished"))
    assert trainer.train()
    return trainer


def test_a_run_reports_every_step_and_evaluates_at_intervals(finished):
    steps, results = zip(*finished.recorder.steps, strict=True)

    assert steps == tuple(range(1, STEPS + 1))
    assert [step for step, _ in finished.recorder.evaluations] == [4, 8]
    for name in ("VAE/loss", "VAE/loss_mse", "VAE/loss_kl"):
        values = [one[name] for one in results]
        assert np.isfinite(values).all() and len(set(values)) == STEPS


def test_the_newest_three_checkpoints_and_the_best_are_kept(finished):
    best = min(finished.recorder.evaluations, key=lambda evaluation: evaluation[1])

    assert checkpoints(finished.run_dir, "last") == ["ckpt-4", "ckpt-6", "ckpt-8"]
    assert checkpoints(finished.run_dir, "best") == [f"ckpt-{best[0]}"]
    assert float(finished.best) == best[1]


@pytest.mark.slow
def test_a_killed_run_resumes_with_identical_results(tmp_path):
    killed, finished = tmp_path / "killed", make_trainer(tmp_path / "finished", config=SAGCN)
    assert finished.train()
    result = subprocess.run(
        [sys.executable, "-c", KILLED_RUN, str(killed)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == -signal.SIGKILL, result.stderr
    assert checkpoints(killed, "last") == ["ckpt-1"]

    resumed = make_trainer(killed, config=SAGCN)
    assert resumed.train()

    assert_same_steps(resumed, finished, first=2)
    assert_same_state(resumed, finished)


DAMAGE = {
    "data cut": ("ckpt-8.data-00000-of-00001", lambda content: content[: len(content) // 2]),
    "data missing": ("ckpt-8.data-00000-of-00001", None),
    "index cut": ("ckpt-8.index", lambda content: content[: len(content) // 2]),
    "index empty": ("ckpt-8.index", lambda content: b""),
}


@pytest.fixture
def damaged(finished, tmp_path):
    """Copies the finished run and damages a file of its checkpoints; returns the folder."""

    def damage(name, change, kind="last"):
        shutil.copytree(finished.run_dir / "checkpoints", tmp_path / "checkpoints")
        path = tmp_path / "checkpoints" / kind / name
        content = path.read_bytes()
        path.unlink()
        if change:
            path.write_bytes(change(content))
        return tmp_path

    return damage


@pytest.mark.parametrize("kind", DAMAGE)
def test_a_damaged_checkpoint_is_passed_over_and_named(damaged, capfd, kind):
    resumed = make_trainer(damaged(*DAMAGE[kind]))

    assert resumed.restore() == 6
    assert "last/ckpt-8 cannot be restored (" in capfd.readouterr().out


def test_a_run_resumes_from_an_older_checkpoint_with_identical_results(finished, damaged):
    resumed = make_trainer(damaged(*DAMAGE["data cut"]))

    assert resumed.train()

    assert_same_steps(resumed, finished, first=7)
    assert_same_state(resumed, finished)


@pytest.mark.parametrize(
    ("suffix", "change"),
    [("data-00000-of-00001", lambda content: content[: len(content) // 2]), ("index", None)],
)
def test_a_damaged_best_checkpoint_is_found_anew(finished, damaged, capfd, suffix, change):
    best = checkpoints(finished.run_dir, "best")[0]
    resumed = make_trainer(damaged(f"{best}.{suffix}", change, "best"))

    assert resumed.train()

    assert "cannot be restored" in (said := capfd.readouterr().out) and "found anew" in said
    assert resumed.recorder.evaluations == finished.recorder.evaluations[-1:]
    assert checkpoints(resumed.run_dir, "best") == [f"ckpt-{STEPS}"]
    check_whole(str(resumed.run_dir / "checkpoints" / "best" / f"ckpt-{STEPS}"))
    assert float(resumed.best) == finished.recorder.evaluations[-1][1]
    again = make_trainer(resumed.run_dir)
    assert again.restore() == STEPS and float(again.best) == float(resumed.best)


@pytest.mark.parametrize("change", [lambda content: b"", lambda content: b"\0 no list", None])
def test_checkpoints_are_found_without_tensorflows_list_of_them(finished, damaged, change):
    resumed = make_trainer(damaged("checkpoint", change))

    assert resumed.restore() == STEPS
    assert_same_state(resumed, finished)


def test_where_no_checkpoint_is_whole_one_message_says_so(tmp_path):
    folder = tmp_path / "checkpoints" / "last"
    folder.mkdir(parents=True)
    (folder / "ckpt-4.index").touch()

    with pytest.raises(UserError, match="no checkpoint in .*last can be restored. Choose another"):
        make_trainer(tmp_path).restore()


def test_a_run_stopped_by_signals_saves_and_resumes(finished, tmp_path, capfd):
    handlers = [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)]
    first = 1
    # Step 4 has an evaluation; step 7 is not a multiple of checkpoint_every.
    for number, last in ((signal.SIGTERM, 4), (signal.SIGINT, 7), (None, 8)):

        def stop(step, number=number, last=last):
            if number and step == last:
                os.kill(os.getpid(), number)

        trainer = make_trainer(tmp_path, stop)
        trainer.recorder.evaluated = lambda step: False
        assert trainer.train() == (number is None)
        assert checkpoints(tmp_path, "last")[-1] == f"ckpt-{last}"
        expected = [(s, r) for s, r in finished.recorder.steps if first <= s <= last]
        assert trainer.recorder.steps == expected
        # An evaluation that is due after the signal is done by the run that resumes.
        due = range(first - 1, last + (number is None))
        expected = [(s, r) for s, r in finished.recorder.evaluations if s in due]
        assert trainer.recorder.evaluations == expected
        if number:
            assert f"stopped by {number.name} after step {last}" in capfd.readouterr().out
        first = last + 1

    assert_same_state(trainer, finished)
    assert handlers == [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)]


def test_a_second_ctrl_c_interrupts_at_once(tmp_path):
    def stop(step):
        for _ in range(2):
            os.kill(os.getpid(), signal.SIGINT)

    trainer = make_trainer(tmp_path, stop)
    before = signal.getsignal(signal.SIGINT)  # ignored if a shell runs the tests in the background

    with pytest.raises(KeyboardInterrupt), eager_functions():
        trainer.train()
    assert checkpoints(tmp_path, "last") == []
    assert signal.getsignal(signal.SIGINT) is before


@pytest.fixture(scope="module")
def fragile(tmp_path_factory):
    """A trainer that calls its `damage`, if set, after step 3."""
    trainer = make_trainer(tmp_path_factory.mktemp("fragile"))

    def at_step(step):
        if step == 3 and trainer.damage:
            trainer.damage()

    trainer.recorder.at_step = at_step
    return trainer


@pytest.mark.parametrize(
    ("network", "index", "value", "named"),
    [
        ("decoder", -1, np.nan, "VAE/loss, .*VAE/gradient_norm"),
        ("encoder", -1, np.inf, "VAE/loss"),
        ("encoder", 0, np.nan, "the weights of encoder"),  # hidden by a maximum
    ],
)
def test_a_non_finite_weight_stops_the_run(fragile, network, index, value, named):
    def damage():
        weight = getattr(fragile.model, network).trainable_variables[index]
        weight.assign(np.full(weight.shape, value))

    fragile.damage = damage
    with pytest.raises(UserError, match=f"diverged at step 4: .*{named}.* not finite") as stopped:
        fragile.train()

    good = checkpoints(fragile.run_dir, "last")
    assert good == ["ckpt-2"]
    assert f"{fragile.run_dir}/checkpoints/last/ckpt-2" in str(stopped.value)
    assert fragile.restore() == 2
    restored = {name: array for name, array in state(fragile).items() if name != "best"}
    assert all(np.isfinite(array).all() for array in restored.values())


def test_non_finite_data_stop_the_run(fragile, tmp_path):
    data = small_data()
    frames = np.full_like(data.train.frames, np.nan)
    fragile.data = dataclasses.replace(data, train=dataclasses.replace(data.train, frames=frames))

    with pytest.raises(UserError, match="diverged at step 3: VAE/loss, VAE/loss_mse"):
        fragile.train()
    assert checkpoints(fragile.run_dir, "last") == ["ckpt-2"]


def test_a_batch_size_that_devices_cannot_divide_is_refused(tmp_path):
    workers = Workers(strategy=types.SimpleNamespace(num_replicas_in_sync=3))

    with pytest.raises(UserError, match="batch_size=4 must be a multiple of .* devices, 3"):
        RecordedTrainer(CONFIG, tmp_path, workers=workers)
