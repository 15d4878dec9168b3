"""Copies what others need of a trained run to a folder that can be shared.

python -m sagcn_tf.publish --run_dir=runs/x --output_dir=my_walkers

The copy contains the weights that generate, the configuration, the description of the data and the
metrics, but neither critics nor optimizers. SHA256SUMS has the hashes of its files, which every
command checks. generate, evaluate, export and the studio take it as --run_dir; train refuses it.
"""

from absl import flags

from sagcn_tf.errors import run_main
from sagcn_tf.quiet_import import import_tensorflow

_FLAGS = flags.FLAGS


def _define_flags():
    flags.DEFINE_string("run_dir", None, "folder of the run", required=True)
    flags.DEFINE_string("output_dir", None, "folder to write", required=True)
    flags.DEFINE_enum("checkpoint", "best", ["best", "last"], "which weights of the run")


def main(_):
    """Runs the command line."""
    from sagcn_tf import runs
    from sagcn_tf.publishing.published_run import publish_run

    runs.read_config(_FLAGS.run_dir)  # a wrong folder is refused before TensorFlow is imported
    import_tensorflow()
    sizes = publish_run(_FLAGS.run_dir, _FLAGS.output_dir, _FLAGS.checkpoint)
    print("\n".join(f"{size:>10,} bytes  {name}" for name, size in sizes.items()))
    print(f"{sum(sizes.values()):>10,} bytes  in {_FLAGS.output_dir}")


if __name__ == "__main__":
    _define_flags()
    run_main(main)
