"""Exports a trained run as a version of a model for TensorFlow Serving.

python -m sagcn_tf.export --run_dir=runs/x --output_dir=models/sagcn

The version is written to OUTPUT_DIR/NUMBER, with the next free number, whole or not at all, after
another process has loaded it as TensorFlow Serving does and found its answers equal to those of
the trained model. The same label and seed give the same motion as sagcn_tf.generate. An export
that is killed leaves a folder .exporting-... in OUTPUT_DIR; servers ignore it, and it may be
deleted.
"""

import os

from absl import flags

from sagcn_tf.errors import run_main
from sagcn_tf.quiet_import import import_tensorflow

_FLAGS = flags.FLAGS


def _define_flags():
    flags.DEFINE_string("run_dir", None, "folder of the run", required=True)
    flags.DEFINE_string("output_dir", None, "folder of the model's versions", required=True)
    flags.DEFINE_enum("checkpoint", "best", ["best", "last"], "which weights of the run")
    flags.DEFINE_enum(
        "weights",
        "float32",
        ["float32", "bfloat16", "float16"],
        "type in which the weights are stored; the export reports what it changes",
    )
    flags.DEFINE_string(
        "classifier_dir", "classifiers", "folder of trained classifiers, for the signature classify"
    )


def main(_):
    """Runs the command line."""
    from sagcn_tf import runs

    runs.read_config(_FLAGS.run_dir)  # a wrong folder is refused before TensorFlow is imported
    # The recorded answers are those of a CPU, because that is where they are checked.
    os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
    import_tensorflow()
    from sagcn_tf.exporting import exporter

    path, report = exporter.export_run(
        _FLAGS.run_dir,
        _FLAGS.output_dir,
        _FLAGS.checkpoint,
        _FLAGS.weights,
        classifier_dir=_FLAGS.classifier_dir,
    )
    print(f"{exporter.format_report(report)}\nwritten to {path}")
    if not (path / "assets.extra" / "metrics.json").exists():
        print(f"{_FLAGS.run_dir} has not been measured (sagcn_tf.evaluate): it cannot be pushed")


if __name__ == "__main__":
    _define_flags()
    run_main(main)
