"""Opens the folder of a run: a new one, or the one that is there."""

import dataclasses
import pathlib

from sagcn_tf import runs
from sagcn_tf.config import Config, make_config
from sagcn_tf.errors import UserError
from sagcn_tf.locks import locked_folder
from sagcn_tf.seal import is_sealed

_NAMES = ("dataset", "model", "preset")


def configuration_of(given, run_dir=None):
    """Returns the folder and the configuration of a run; writes nothing.

    Args:
        given: `{field: value}`, the `Config` fields from the command line.
        run_dir: folder of the run. Default: `runs/DATASET-MODEL-PRESET-SEED`.

    Returns:
        `(run_dir, config)`: a `pathlib.Path` and a `Config`. A run that has begun keeps its
        configuration, except for its number of steps. In a folder where nothing was trained yet,
        the fields given replace those of its configuration.

    Raises:
        UserError: if the fields given contradict a run that has begun, or the run is published.
    """
    if not run_dir:
        config = make_config(**given)
        run_dir = f"runs/{config.dataset}-{config.model}-{config.preset}-{config.seed}"
    run_dir = pathlib.Path(run_dir)
    path = run_dir / "config.json"
    if not path.exists():
        return run_dir, make_config(**given)
    if is_sealed(run_dir):
        raise UserError(
            f"{run_dir} is a published run, which is not trained further. Choose another --run_dir"
        )
    old = Config.load(path)
    if not runs.has_begun(run_dir):
        return run_dir, _changed(old, given)
    # A run may get more steps; any other change would make it a different run.
    new = dataclasses.replace(old, steps=given.get("steps", old.steps))
    for name, value in given.items():
        if getattr(new, name) != value:
            raise UserError(
                f"{run_dir} holds a run with {name}={getattr(old, name)}, but --{name}={value} was "
                f"given. Choose another --run_dir, or leave out --{name} to resume that run"
            )
    return run_dir, new


def locked_run(run_dir):
    """Returns a context in which no other process trains in the folder of a run.

    Raises:
        UserError: on entry, if another process does, or the folder cannot be written.
    """

    def refuse(owner):
        raise UserError(
            f"{run_dir} is being trained by {owner}. Wait for it, stop it, or choose another "
            "--run_dir"
        )

    return locked_folder(run_dir, refuse)


def _changed(old, given):
    """The configuration of a run that has not begun, with the fields given in place of its own."""
    if any(given.get(name, getattr(old, name)) != getattr(old, name) for name in _NAMES):
        return make_config(**given)
    named = {name: getattr(old, name) for name in _NAMES}
    preset, own = dataclasses.asdict(make_config(**named)), dataclasses.asdict(old)
    overridden = {name: value for name, value in own.items() if value != preset[name]}
    return make_config(**{**overridden, **named, **given})
