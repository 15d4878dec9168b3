"""The configuration of a run: one flat, frozen dataclass of the settings of all systems."""

import dataclasses
import json
import pathlib

from sagcn_tf.errors import UserError
from sagcn_tf.files import atomic_write, read_json
from sagcn_tf.models.systems import SYSTEMS
from sagcn_tf.settings import checked, setting

# The name on the command line -> the TFDS builder and config. A motion folder's config is made of
# what lies in the folder.
DATASETS = {
    "synthetic": "synthetic_actions/joints15_2d",
    "synthetic_3d": "synthetic_actions/joints15_3d",
    "synthetic_25": "synthetic_actions/joints25_2d",
    "synthetic_25_3d": "synthetic_actions/joints25_3d",
    "human36m": "human36m/2d",
    "human36m_3d": "human36m/3d",
    "ntu_xview": "ntu_rgbd/xview",
    "ntu_xsub": "ntu_rgbd/xsub",
    "ntu_xview_3d": "ntu_rgbd/xview_3d",
    "ntu_xsub_3d": "ntu_rgbd/xsub_3d",
    "motion_folder": "motion_folder",
}

# Fields of older runs, whose config.json has the old names.
_RENAMED = {"average": "ema_decay", "distance_penalty": "alibi_slope"}


def check_manual_dir(dataset: str, manual_dir: str | None, run_dir=None) -> None:
    """Checks the folder of raw files of a data set.

    Args:
        dataset: name of the data set.
        manual_dir: the folder that was given, or None.
        run_dir: folder of the run to resume. Its data may be prepared. Default: None.

    Raises:
        UserError: if the folder is not there, if none is given where one is needed, or if one is
            given although the data set has no raw files.
    """
    path = pathlib.Path(manual_dir or ".")
    if not path.is_dir():
        inside = f". Give the folder that it is in: {path.parent}" if path.exists() else ""
        raise UserError(f"--manual_dir={manual_dir} is not a folder{inside}")
    if manual_dir and dataset.startswith("synthetic"):
        raise UserError(
            f"--manual_dir={manual_dir} is not read: {dataset} has no raw files. The data set of "
            "your own motion is motion_folder"
        )
    known = run_dir and (pathlib.Path(run_dir) / "data.json").exists()
    if dataset == "motion_folder" and not manual_dir and not known:
        raise UserError("motion_folder needs --manual_dir=DIR, the folder of your motion")


# The systems: SA-GCN and those that the paper compares it with.
MODELS = tuple(SYSTEMS)
_OWN_SETTINGS = tuple(dict.fromkeys(system.settings for system in SYSTEMS.values()))


@dataclasses.dataclass(frozen=True)
class Config(*_OWN_SETTINGS):
    """Everything needed to repeat a run.

    The fields below are read by all systems. A system's own fields and its presets stand beside its
    networks, in `sagcn_tf/models`. The defaults are those of SA-GCN's preset `paper`; fields
    that this preset does not read have defaults of their own.

    `docs/paper.md` says which fields the paper gives. What it leaves open follows the authors'
    code.

    Raises:
        UserError: on a value that is not allowed; the message names the field and what it allows.
    """

    dataset: str = setting("synthetic", tuple(DATASETS), "data set to train on")
    model: str = setting("sagcn", MODELS, "system to train")
    preset: str = setting(
        "paper", ("paper", "authors", "tuned", "small"), "where the defaults come from"
    )
    seed: int = setting(0, (0, 2**31 - 1), "seed of everything random in the run")
    frames: int = setting(50, (3, 100_000), "frames T of a clip; acceleration needs at least 3")
    min_frames: int = setting(
        0, (0, 10**6), "shorter recordings are left out; those too short for a clip always are"
    )
    steps: int = setting(100_000, (1, 10**9), "training steps")
    batch_size: int = setting(100, (1, 100_000), "clips per step, over all replicas")
    clips_of_class: int = setting(
        1, (1, 100_000), "clips of the same class that follow each other in a batch"
    )
    learning_rate: float = setting(2e-4, (1e-9, 1.0), "learning rate of the Adam optimizers")
    beta_1: float = setting(0.5, (0.0, 0.9999), "decay rate of the first moment in Adam")
    beta_2: float = setting(0.999, (0.0, 0.99999), "decay rate of the second moment in Adam")
    checkpoint_every: int = setting(200, (1, 10**9), "steps between checkpoints")
    evaluate_every: int = setting(1000, (1, 10**9), "steps between evaluations on selection clips")
    clips_per_class: int = setting(
        1000, (2, 2000), "clips per class in the final evaluation (and 100, if that is fewer)"
    )

    def __post_init__(self):
        for field in dataclasses.fields(self):
            object.__setattr__(self, field.name, checked(field, getattr(self, field.name)))
        SYSTEMS[self.model].settings.check(self)

    def save(self, path) -> None:
        """Writes the configuration as JSON, whole or not at all."""
        with atomic_write(path) as temporary:
            temporary.write_text(json.dumps(dataclasses.asdict(self), indent=2) + "\n")

    @classmethod
    def load(cls, path) -> "Config":
        """Reads what `save` wrote; a `UserError` says what is wrong with the file."""
        path = pathlib.Path(path)
        try:
            values = read_json(path)
            values = {_RENAMED.get(name, name): value for name, value in values.items()}
            unknown = values.keys() - {field.name for field in dataclasses.fields(cls)}
        except (OSError, ValueError, AttributeError) as error:
            raise UserError(f"{path} is not the configuration of a run: {error}") from error
        if unknown:
            raise UserError(f"{path} has unknown fields: {', '.join(sorted(unknown))}")
        try:
            return cls(**values)
        except UserError as error:
            raise UserError(f"{path}: {error}. Restore the file, or train a new run") from error


def systems_that_read(name) -> tuple[str, ...]:
    """Returns the systems whose own settings have a field; none if all systems read it."""
    return tuple(
        model
        for model, system in SYSTEMS.items()
        if name in {field.name for field in dataclasses.fields(system.settings)}
    )


def is_read(field, config) -> bool:
    """Returns whether the system and the preset of a configuration read a field of `Config`."""
    systems, presets = systems_that_read(field.name), field.metadata["presets"]
    return (not systems or config.model in systems) and (not presets or config.preset in presets)


def help_text(field) -> str:
    """Returns the meaning of a field of `Config`, its default, and what presets have instead."""
    meaning, systems = field.metadata["help"], systems_that_read(field.name)
    if field.name == "preset":
        return "where all other defaults come from (default: small for synthetic, else tuned)"
    if systems and "sagcn" not in systems:
        return f"{meaning} (of {', '.join(systems)})"
    values = {name: preset.get(field.name) for name, preset in SYSTEMS["sagcn"].presets.items()}
    text = f"{meaning} (default: {field.default}"
    for name, value in values.items():
        if value not in (None, field.default):
            text += f"; {name}: {value}"
    return f"{text}; of {' and '.join(of)})" if (of := field.metadata["presets"]) else f"{text})"


def default_preset(dataset: str, model="sagcn") -> str:
    """Returns `small` for synthetic data, else `tuned`, or `paper` if the system has no `tuned`."""
    if dataset.startswith("synthetic"):
        return "small"
    return "tuned" if "tuned" in SYSTEMS[model].presets else "paper"


def make_config(dataset="synthetic", preset=None, model="sagcn", **overrides) -> Config:
    """Creates the configuration of a system's preset, with some fields overridden.

    Args:
        dataset: name of the data set.
        preset: name of the preset. Default: see `default_preset`.
        model: name of the system. Default `"sagcn"`.
        **overrides: values of other fields.

    Raises:
        UserError: if the system has no such preset or does not read a field, or a value is not
            allowed.
    """
    if model not in MODELS:
        raise UserError(f"model must be one of {MODELS}, received {model!r}")
    preset = preset or default_preset(dataset, model)
    if preset not in SYSTEMS[model].presets:
        presets = tuple(SYSTEMS[model].presets)
        raise UserError(f"preset must be one of {presets} for model {model}, received {preset!r}")
    for field in dataclasses.fields(Config):
        systems, presets = systems_that_read(field.name), field.metadata["presets"]
        if field.name not in overrides:
            continue
        if systems and model not in systems:
            raise UserError(f"{field.name} is a setting of {', '.join(systems)}; {model} has none")
        if presets and preset not in presets:
            names = " and ".join(presets)
            raise UserError(f"{field.name} is a setting of preset {names}; {preset} has none")
    named = {"dataset": dataset, "model": model, "preset": preset}
    return Config(**{**SYSTEMS[model].presets[preset], **named, **overrides})
