"""Generates motions with a trained model: data, an animation or a film strip.

python -m sagcn_tf.generate --run_dir=runs/x --label=walking --count=3 --seed=0 --output=walk.gif
python -m sagcn_tf.generate --run_dir=runs/x --mix=walking:.5,sitting:.5 --output=mix.gif
python -m sagcn_tf.generate --run_dir=runs/x --transition=walking,sitting --output=change.gif

--label is one class, --mix a mixture of classes (equation 8 of the paper), and --transition moves
from one class to another over the clip. Clip i has the seed --seed + i and does not depend on the
others: --seed=2 --count=1 gives the third clip of --seed=0 --count=3.

The suffix of --output is the format. Coordinates are in the unit of the data.
.npz: arrays motion [count, T, N, D], label, seeds [count], joints [N], edges [E, 2], frame_rate and
unit. .csv: a line with unit, frame rate and axes, then columns joint_x, joint_y (and joint_z).
.bvh: 3-D motion for Blender and others, with bones of fixed lengths and feet on the floor, at the
frame rate of the recordings; on the rig of your own BVH files if the model was trained on such.
.glb: the same as glTF for browsers and 3-D programs, clips as animations of one body.
.gif and .mp4: clips side by side. .png: every third frame.
For .csv and .bvh, each of several clips has its own file: walk_SEED.bvh.
"""

from absl import flags

from sagcn_tf.errors import run_main
from sagcn_tf.generation.writers import DRAWN, SUFFIXES, suffix_of
from sagcn_tf.progress import progress_bar
from sagcn_tf.quiet_import import import_tensorflow

MAX_COUNT = 10_000
MAX_DRAWN = 20
_FLAGS = flags.FLAGS


def define_flags():
    """Defines the flags of the command line."""
    flags.DEFINE_string("run_dir", None, "folder of the run", required=True)
    flags.DEFINE_string("label", None, "class to generate, such as walking")
    flags.DEFINE_string("mix", None, "mixture to generate, such as walking:.5,sitting:.5")
    flags.DEFINE_string("transition", None, "transition to generate, such as walking,sitting")
    flags.mark_flags_as_mutual_exclusive(["label", "mix", "transition"], required=True)
    flags.DEFINE_string("output", None, f"file to write: {', '.join(SUFFIXES)}", required=True)
    flags.DEFINE_integer("count", 3, "how many clips", 1, MAX_COUNT)
    flags.DEFINE_integer("seed", 0, "seed of the first clip", 0, 2**31 - 1 - MAX_COUNT)
    flags.DEFINE_enum("checkpoint", "best", ["best", "last"], "which weights of the run")
    flags.register_validator(
        "output",
        lambda path: suffix_of(path) in SUFFIXES,
        f"must end in {', '.join(SUFFIXES)}.",
    )
    flags.register_multi_flags_validator(
        ["output", "count"],
        lambda values: suffix_of(values["output"]) not in DRAWN or values["count"] <= MAX_DRAWN,
        f"At most {MAX_DRAWN} clips are drawn: lower --count or write .npz.",
    )


def main(_):
    """Runs the command line."""
    from sagcn_tf import load_run, runs
    from sagcn_tf.generation.labels import label_of, parse_mixture, parse_transition
    from sagcn_tf.generation.writers import check_output

    # What does not suit the run is refused before TensorFlow is imported.
    runs.read_config(_FLAGS.run_dir)
    described, action = runs.read_data(_FLAGS.run_dir), _FLAGS.label
    if not action:
        mix, transition = _FLAGS.mix, _FLAGS.transition
        action = parse_mixture(mix) if mix else parse_transition(transition)
    _, title = label_of(action, described.class_names)
    check_output(_FLAGS.output, described)
    import_tensorflow()
    run, count = load_run(_FLAGS.run_dir, _FLAGS.checkpoint), _FLAGS.count
    with progress_bar("generate", count, "clip", shown=count > 100) as bar:
        motion = run.generate(action, count, _FLAGS.seed, bar.update)
    paths = run.save(_FLAGS.output, motion, title, _FLAGS.seed)
    files = " to ".join(map(str, paths[:: max(1, len(paths) - 1)]))
    unit = "" if suffix_of(_FLAGS.output) in DRAWN else f", in {described.unit}s"
    print(f"{files}: {count} clips of {title}{unit}")


if __name__ == "__main__":
    define_flags()
    run_main(main)
