import pathlib

import pytest

from sagcn_tf.config import make_config
from sagcn_tf.errors import UserError
from sagcn_tf.training.run_folder import configuration_of, locked_run

CONFIG = make_config(preset="paper", seed=3, mixed_precision=True)


@pytest.fixture
def begun(tmp_path):
    """The folder of a run that was trained for some steps."""
    CONFIG.save(tmp_path / "config.json")
    checkpoint = tmp_path / "checkpoints" / "last" / "ckpt-2.index"
    checkpoint.parent.mkdir(parents=True)
    checkpoint.touch()
    return tmp_path


@pytest.fixture
def refused(tmp_path):
    """A folder with a configuration in which nothing was trained."""
    CONFIG.save(tmp_path / "config.json")
    return tmp_path


def test_a_new_run_has_the_defaults_of_its_data_set_and_a_folder_of_its_own():
    run_dir, config = configuration_of({"seed": 3, "maps": (4, 5)})

    assert run_dir == pathlib.Path("runs/synthetic-sagcn-small-3")
    assert config == make_config(seed=3, maps=(4, 5))


def test_a_run_that_has_begun_can_be_named_alone_or_get_more_steps(begun):
    assert configuration_of({}, begun) == (begun, CONFIG)

    _, longer = configuration_of({"seed": 3, "steps": 900_000}, begun)

    assert longer == make_config(preset="paper", seed=3, mixed_precision=True, steps=900_000)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"seed": 4}, "holds a run with seed=3, but --seed=4 was given"),
        ({"preset": "tuned"}, "holds a run with preset=paper, but --preset=tuned was given"),
        ({"mixed_precision": False}, "a run with mixed_precision=True, but --mixed_precision=F"),
    ],
)
def test_what_contradicts_a_run_that_has_begun_is_named(begun, given, message):
    before = (begun / "config.json").read_bytes()

    with pytest.raises(UserError, match=message):
        configuration_of(given, begun)

    assert (begun / "config.json").read_bytes() == before


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, CONFIG),
        ({"frames": 40}, make_config(preset="paper", seed=3, mixed_precision=True, frames=40)),
        ({"seed": 4}, make_config(preset="paper", seed=4, mixed_precision=True)),
        ({"preset": "tuned", "waves": 3}, make_config(preset="tuned", waves=3)),
        ({"model": "epva", "start": "noise"}, make_config(model="epva", start="noise")),
    ],
)
def test_a_start_that_was_refused_does_not_lock_out_the_corrected_one(refused, given, expected):
    assert configuration_of(given, refused) == (refused, expected)


def test_a_folder_in_which_another_process_trains_is_refused(tmp_path):
    with (
        locked_run(tmp_path),
        pytest.raises(UserError, match=r"trained by process \d+, started 20\d\d-.*--run_dir"),
        locked_run(tmp_path),
    ):
        pass

    with locked_run(tmp_path):
        pass
