"""Trains the classifiers that score generated clips, and shows what real clips score.

python -m sagcn_tf.train_classifier --dataset=human36m --manual_dir=DIR

Each data set and clip length has two: the paper's classifier and an ST-GCN. Each is trained once,
on clips of the training subjects; `evaluate` then uses it for every run on the same data.
"""

from absl import flags

from sagcn_tf.config import DATASETS, check_manual_dir
from sagcn_tf.errors import run_main
from sagcn_tf.quiet_import import import_tensorflow

_FLAGS = flags.FLAGS


def _define_flags():
    flags.DEFINE_enum("dataset", "synthetic", list(DATASETS), "data set of the actions")
    flags.DEFINE_string("data_dir", "data", "folder for prepared data")
    flags.DEFINE_string("manual_dir", None, "folder of raw files, such as your own motion")
    flags.DEFINE_string("classifier_dir", "classifiers", "folder of the classifiers")
    flags.DEFINE_integer("frames", 50, "frames T of a clip, at least 3", 3, 100_000)
    flags.DEFINE_integer("min_frames", 0, "shorter recordings are left out", 0)


def main(_):
    """Runs the command line."""
    check_manual_dir(_FLAGS.dataset, _FLAGS.manual_dir)
    import_tensorflow()
    from sagcn_tf.classification.run import train_missing
    from sagcn_tf.data import input_pipeline

    folders = _FLAGS.data_dir, _FLAGS.manual_dir
    data = input_pipeline.load(_FLAGS.dataset, *folders, _FLAGS.frames, _FLAGS.min_frames)
    print(train_missing(data, _FLAGS.frames, _FLAGS.classifier_dir))


if __name__ == "__main__":
    _define_flags()
    run_main(main)
