"""Measures a trained run: MMD, motion statistics and recognition, as tables and in metrics.json.

python -m sagcn_tf.evaluate --run_dir=runs/x --checkpoint=best

Recognition needs classifiers of the run's data set, which `train_classifier` trains once.
"""

from absl import flags

from sagcn_tf.config import check_manual_dir
from sagcn_tf.errors import run_main
from sagcn_tf.number_list import whole_numbers
from sagcn_tf.quiet_import import import_tensorflow
from sagcn_tf.runs import read_config, read_data

_FLAGS = flags.FLAGS


def _define_flags():
    flags.DEFINE_string("run_dir", None, "folder of the run", required=True)
    flags.DEFINE_enum("checkpoint", "best", ["best", "last"], "which weights of the run")
    flags.DEFINE_string("data_dir", "data", "folder for prepared data")
    flags.DEFINE_string("manual_dir", None, "folder of raw files, such as your own motion")
    flags.DEFINE_string("classifier_dir", "classifiers", "folder of trained classifiers")
    flags.DEFINE_list("clips_per_class", ["100", "1000"], "numbers of clips per class, one or more")


def main(_):
    """Runs the command line."""
    sizes = whole_numbers("clips_per_class", _FLAGS.clips_per_class, 2, 2000)
    # Wrong folders are reported before TensorFlow is imported.
    config = read_config(_FLAGS.run_dir)
    check_manual_dir(config.dataset, _FLAGS.manual_dir, _FLAGS.run_dir)
    described = read_data(_FLAGS.run_dir)

    import_tensorflow()
    from sagcn_tf.data import input_pipeline
    from sagcn_tf.evaluation.run import evaluate_run

    folders = _FLAGS.data_dir, _FLAGS.manual_dir
    data = input_pipeline.load_as_trained(described, config.frames, *folders)
    folders = _FLAGS.data_dir, _FLAGS.classifier_dir
    print(evaluate_run(_FLAGS.run_dir, _FLAGS.checkpoint, data, sizes, *folders))


if __name__ == "__main__":
    _define_flags()
    run_main(main)
