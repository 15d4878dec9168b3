"""Creates the folder of a run, or opens an existing one."""

import dataclasses
import pathlib

from sagcn_tf.config import Config, make_config
from sagcn_tf.errors import UserError


def open_or_create(given, run_dir, may_write):
    """Creates the folder and configuration of a run, or opens an existing run.

    Args:
        given: `{field: value}`, the `Config` fields from the command line.
        run_dir: folder of the run. None: `runs/DATASET-MODEL-PRESET-SEED`.
        may_write: whether this worker writes files; True on the chief only.

    Returns:
        `(run_dir, config)`: a `pathlib.Path` and a `Config`.

    Raises:
        UserError: if the command line contradicts the existing run, or the folder cannot be
            created.
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
                raise UserError(
                    f"--run_dir={run_dir} cannot be created: {error}. Choose another folder"
                ) from error
            config.save(run_dir / "config.json")
        return run_dir, config
    old = Config.load(run_dir / "config.json")
    # A run may get more steps; any other change would make it a different run.
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
