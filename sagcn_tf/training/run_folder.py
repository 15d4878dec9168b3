"""The folder of a run: a new one, or the one that is there."""

import dataclasses
import pathlib

from sagcn_tf.config import Config, make_config
from sagcn_tf.errors import UserError


def open_or_create(given, run_dir, may_write):
    """The folder and configuration of a new run, or of the one that is there.

    Only one of several machines may write.

    Raises:
        UserError: if the command line contradicts the run that is there, or a file is in the way.
    """
    if not run_dir or not (pathlib.Path(run_dir) / "config.json").exists():
        config = make_config(**given)
        name = f"{config.dataset}-{config.model}-{config.preset}-{config.seed}"
        run_dir = run_dir or f"runs/{name}"
    run_dir = pathlib.Path(run_dir)
    if not (run_dir / "config.json").exists():
        if may_write:
            try:
                run_dir.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise UserError(f"--run_dir={run_dir} cannot be made: {error}") from error
            config.save(run_dir / "config.json")
        return run_dir, config
    old = Config.load(run_dir / "config.json")
    # A run may be made longer; with anything else changed it would be another run.
    new = dataclasses.replace(old, steps=given.get("steps", old.steps))
    for name, value in given.items():
        if getattr(new, name) != value:
            raise UserError(
                f"{run_dir} holds a run with {name}={getattr(old, name)}, but --{name}={value} was "
                f"given. Choose another --run_dir, or leave out --{name} to resume that run"
            )
    if may_write:
        new.save(run_dir / "config.json")
    return run_dir, new
