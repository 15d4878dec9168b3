"""What a run is made of: one flat, frozen configuration, its presets and its allowed values."""

import dataclasses
import functools
import json
import pathlib
import typing

from sagcn_tf.errors import UserError
from sagcn_tf.files import atomic_write
from sagcn_tf.presets import PAPER_PRESETS, PRESETS, TUNED_PRESETS

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


def check_manual_dir(dataset: str, manual_dir: str | None) -> None:
    """Raises a `UserError` if the folder is not there, or none is given where one is needed."""
    if manual_dir and not pathlib.Path(manual_dir).is_dir():
        raise UserError(f"--manual_dir={manual_dir} is not a folder")
    if dataset == "motion_folder" and not manual_dir:
        raise UserError("--dataset=motion_folder needs --manual_dir=DIR, the folder of your motion")


def _field(default, allowed, meaning, of=(), presets=()):
    """A field with its default, allowed values (a tuple, or a (low, high) range) and meaning.

    `of` names the systems that read it, and `presets` those of their presets; none: all do.
    """
    metadata = {"allowed": allowed, "help": meaning, "of": of, "presets": presets}
    return dataclasses.field(default=default, metadata=metadata)


# The systems: SA-GCN and those that the paper compares it with.
MODELS = tuple(PRESETS)
_sagcn_field = functools.partial(_field, of=("sagcn",))
_paper_field = functools.partial(_sagcn_field, presets=PAPER_PRESETS)
_tuned_field = functools.partial(_sagcn_field, presets=TUNED_PRESETS)
_SKELETON_GANS = ("skeleton_gan", "c_skeleton_gan")
_skeleton_gan_field = functools.partial(_field, of=_SKELETON_GANS)


@dataclasses.dataclass(frozen=True)
class Config:
    """Everything that a run can be repeated from.

    The defaults are SA-GCN's preset `paper`; fields that only other presets read have theirs.

    Section 4 of the paper gives `top_k`, `k_frame`, `batch_size`, `learning_rate`, `frames` and
    the widths of the graph convolutions; what it leaves open follows its authors' code.

    Raises:
        UserError: on a value that is not allowed; the message names the field and what is.
    """

    dataset: str = _field("synthetic", tuple(DATASETS), "data set to train on")
    model: str = _field("sagcn", MODELS, "system to train")
    preset: str = _field("paper", ("paper", "tuned", "small"), "where the defaults come from")
    seed: int = _field(0, (0, 2**31 - 1), "seed of everything random in the run")
    frames: int = _field(50, (2, 100_000), "frames T of a clip")
    # Generator, section 3 of the paper.
    projection: int = _sagcn_field(60, (1, 65536), "width of the linear map before the RNN")
    hidden: int = _sagcn_field(100, (1, 65536), "units of the RNN (GRU)")
    maps: tuple[int, ...] = _sagcn_field(
        (512, 1024), (1, 65536), "widths of the first two linear maps"
    )
    top_k: int = _sagcn_field(5, (0, 100_000), "past frames K that pruning keeps")
    gc_type: str = _sagcn_field(
        "sagc",
        ("sagc", "full", "cnn", "cnn3", "stgc"),
        "what refines the coordinates: structure-aware graph convolutions, as in the paper, a full "
        "graph (every past frame, weight 1), plain convolutions 1 x 1 or 3 x 3, or ST-GC",
    )
    filters: tuple[int, ...] = _sagcn_field(
        (32, 64, 64, 128, 128), (1, 65536), "widths of the five graph convolutions"
    )
    # Generator of the paper alone.
    noise_dim: int = _paper_field(30, (1, 4096), "width of the noise of each frame")
    label_embedding: int = _paper_field(20, (1, 4096), "width of the embedded class")
    attention_residual: str = _paper_field(
        "gated",
        ("gated", "none"),
        "H_in = H + gamma Dense(S V), or S V as in equation 4",
    )
    # Generator of `tuned` alone.
    clip_noise: int = _tuned_field(32, (1, 4096), "Gaussians that are the same in all of a clip")
    modes: int = _tuned_field(
        16, (0, 4096), "learned vectors of each class, one of which a clip takes; 0: none"
    )
    frame_noise: int = _tuned_field(16, (1, 4096), "Gaussians of each frame")
    noise_memory: float = _tuned_field(
        0.95, (0.0, 0.9999), "correlation of the noise of neighboring frames"
    )
    waves: int = _tuned_field(6, (0, 4096), "waves of random phase in the noise of the frames")
    latent: int = _tuned_field(128, (1, 65536), "width of the latent vector of a clip")
    warm_up: int = _tuned_field(12, (0, 10_000), "frames that the RNN runs before the first")
    accumulation: float = _tuned_field(
        0.9, (0.0, 0.9999), "share r of the past in the sum of RNN outputs, c_t = o_t + r c_{t-1}"
    )
    joint_features: int = _tuned_field(
        8, (1, 4096), "numbers of each joint that attention and graph convolutions work on"
    )
    alibi_slope: float = _tuned_field(
        0.5, (0.0, 100.0), "attention scores fall by this per frame of distance"
    )
    # Discriminators D_V (whole sequence) and D_F (k_frame frames).
    k_frame: int = _sagcn_field(20, (1, 100_000), "random frames that D_F sees")
    sequence_maps: tuple[int, ...] = _paper_field(
        (1000, 1000, 1024, 128),
        (1, 65536),
        "widths of D_V: two maps, the class, two maps",
    )
    frame_maps: tuple[int, ...] = _paper_field(
        (1024, 512, 1024, 128),
        (1, 65536),
        "widths of D_F: two maps, the class, two maps",
    )
    sequence_width: int = _tuned_field(256, (1, 65536), "width of the layers of D_V")
    frame_width: int = _tuned_field(256, (1, 65536), "width of the layers of D_F")
    # Training, equation 1.
    steps: int = _field(100_000, (1, 10**9), "training steps")
    batch_size: int = _field(100, (1, 100_000), "clips a step, over all replicas")
    learning_rate: float = _field(2e-4, (1e-9, 1.0), "of the Adam optimizers")
    decay_from: float = _sagcn_field(
        1.0, (0.0, 1.0), "share of the steps after which the learning rate falls to 0; 1: never"
    )
    beta_1: float = _field(0.5, (0.0, 0.9999), "of Adam")
    beta_2: float = _field(0.999, (0.0, 0.99999), "of Adam")
    real_target: float = _paper_field(0.9, (0.5, 1.0), "target of real clips in the loss")
    gradient_penalty: float = _tuned_field(
        2.0, (0.0, 1000.0), "weight of the gradient penalty on real and fake clips (R1 and R2)"
    )
    ema_decay: float = _sagcn_field(
        0.0,
        (0.0, 0.99999),
        "decay of the averaged generator weights that are sampled; 0: off",
    )
    mixed_precision: bool = _sagcn_field(
        False, (False, True), "compute in bfloat16, weights in float32"
    )
    # The compared systems.
    start: str = _field(
        "real1",
        ("real1", "real5", "noise"),
        "what a prediction starts from: one real frame of the class, five, or noise",
        of=("e2e", "epva", "adv_epva"),
    )
    kl_weight: float = _field(
        1.0, (0.0, 100.0), "weight of the divergence, once it has risen", of=("skeleton_vae",)
    )
    pose_steps: int = _skeleton_gan_field(
        100_000, (1, 10**9), "steps of the stage of single poses, of all steps the first"
    )
    pose_learning_rate: float = _skeleton_gan_field(
        1e-3, (1e-9, 1.0), "of the stage of single poses; halved at each quarter of it"
    )
    # Housekeeping.
    checkpoint_every: int = _field(200, (1, 10**9), "steps between checkpoints")
    evaluate_every: int = _field(1000, (1, 10**9), "steps between evaluations on selection clips")
    clips_per_class: int = _field(
        1000, (2, 2000), "clips a class in the evaluation at the end (and 100, where that is less)"
    )

    def __post_init__(self):
        for field in dataclasses.fields(self):
            object.__setattr__(self, field.name, _checked(field, getattr(self, field.name)))
        for name, length in (("maps", 2), ("filters", 5), ("sequence_maps", 4), ("frame_maps", 4)):
            if len(getattr(self, name)) != length:
                raise UserError(f"{name} must hold {length} widths, received {getattr(self, name)}")
        if self.model in _SKELETON_GANS and self.pose_steps >= self.steps:
            raise UserError(
                f"pose_steps must be less than steps = {self.steps}, got {self.pose_steps}"
            )
        if self.model == "sagcn" and self.k_frame > self.frames:
            raise UserError(f"k_frame must be at most frames = {self.frames}, got {self.k_frame}")

    def save(self, path) -> None:
        """Writes the configuration as JSON, whole or not at all."""
        with atomic_write(path) as temporary:
            temporary.write_text(json.dumps(dataclasses.asdict(self), indent=2) + "\n")

    @classmethod
    def load(cls, path) -> "Config":
        """Reads what `save` wrote; a `UserError` says what is wrong with the file."""
        path = pathlib.Path(path)
        try:
            values = json.loads(path.read_text())
            values = {_RENAMED.get(name, name): value for name, value in values.items()}
            unknown = values.keys() - {field.name for field in dataclasses.fields(cls)}
        except (OSError, ValueError, AttributeError) as error:
            raise UserError(f"{path} is not the configuration of a run: {error}") from error
        if unknown:
            raise UserError(f"{path} has unknown fields: {', '.join(sorted(unknown))}")
        return cls(**values)


def _checked(field, value):
    """`value` in the field's type, or a `UserError` that says what is allowed."""
    allowed, is_tuple = field.metadata["allowed"], typing.get_origin(field.type) is tuple
    values = tuple(value) if is_tuple and isinstance(value, (tuple, list)) else (value,)
    kind = int if is_tuple else field.type
    try:
        if kind is not str and isinstance(value, str):
            raise TypeError
        if kind is bool or any(isinstance(one, bool) for one in values):
            valid = kind is bool and isinstance(value, bool)
        elif kind is str:
            valid = value in allowed
        else:
            if any(kind(one) != one for one in values):
                raise TypeError
            values = tuple(kind(one) for one in values)
            valid = all(allowed[0] <= one <= allowed[1] for one in values)
    except (TypeError, ValueError, OverflowError):
        valid = False
    if not valid:
        expected = f"one of {allowed}"
        if kind in (int, float):
            expected = f"{kind.__name__} from {allowed[0]} to {allowed[1]}"
        raise UserError(f"{field.name} must be {expected}, received {value!r}")
    return values if is_tuple else values[0]


def help_text(field) -> str:
    """Returns the meaning of a field of `Config`, its default, and what presets have instead."""
    meaning, systems = field.metadata["help"], field.metadata["of"]
    if field.name == "preset":
        return "where all other defaults come from (default: small for synthetic, else tuned)"
    if systems and "sagcn" not in systems:
        return f"{meaning} (of {', '.join(systems)})"
    values = {name: preset.get(field.name) for name, preset in PRESETS["sagcn"].items()}
    text = f"{meaning} (default: {field.default}"
    for name, value in values.items():
        if value not in (None, field.default):
            text += f"; {name}: {value}"
    return f"{text}; of {' and '.join(of)})" if (of := field.metadata["presets"]) else f"{text})"


def default_preset(dataset: str, model="sagcn") -> str:
    """`small` for the built-in synthetic data; for real data `tuned`, or `paper` without one."""
    if dataset.startswith("synthetic"):
        return "small"
    return "tuned" if "tuned" in PRESETS[model] else "paper"


def make_config(dataset="synthetic", preset=None, model="sagcn", **overrides) -> Config:
    """The configuration of a system's preset, with some fields overridden.

    Args:
        dataset: name of the data set.
        preset: default: the data set's own, see `default_preset`.
        model: name of the system. Default `"sagcn"`.
        **overrides: values of other fields.

    Raises:
        UserError: if the system has no such preset or does not read a field, or a value is not
            allowed.
    """
    if model not in MODELS:
        raise UserError(f"model must be one of {MODELS}, received {model!r}")
    preset = preset or default_preset(dataset, model)
    if preset not in PRESETS[model]:
        presets = tuple(PRESETS[model])
        raise UserError(f"preset must be one of {presets} for model {model}, received {preset!r}")
    for field in dataclasses.fields(Config):
        systems, presets = field.metadata["of"], field.metadata["presets"]
        if field.name not in overrides:
            continue
        if systems and model not in systems:
            raise UserError(f"{field.name} is a setting of {', '.join(systems)}; {model} has none")
        if presets and preset not in presets:
            names = " and ".join(presets)
            raise UserError(f"{field.name} is a setting of preset {names}; {preset} has none")
    named = {"dataset": dataset, "model": model, "preset": preset}
    return Config(**{**PRESETS[model][preset], **named, **overrides})
