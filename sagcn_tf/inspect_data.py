"""Shows what is in a data set: tables of its actions and subjects, gaps, and film strips.

python -m sagcn_tf.inspect_data --dataset=synthetic
python -m sagcn_tf.inspect_data --dataset=motion_folder --manual_dir=DIR

It is the first thing to do with new data, before any training. The tables are printed and written
to data.md; one clip of each action is drawn in data.png; recordings that training leaves out are
listed in left_out.txt.
"""

import pathlib

from absl import flags

from sagcn_tf.config import DATASETS, check_manual_dir
from sagcn_tf.errors import run_main
from sagcn_tf.quiet_import import import_tensorflow

_FLAGS = flags.FLAGS


def define_flags():
    """Defines the flags of the command line."""
    flags.DEFINE_enum("dataset", "synthetic", list(DATASETS), "data set to look at")
    flags.DEFINE_string("data_dir", "data", "folder for prepared data")
    flags.DEFINE_string("manual_dir", None, "folder of raw files, such as your own motion")
    flags.DEFINE_string(
        "output_dir", None, "folder for what is written (default: DATA_DIR/inspected/DATASET)"
    )
    flags.DEFINE_integer("frames", 50, "frames T of a clip, at least 3", 3, 100_000)
    flags.DEFINE_integer("min_frames", 0, "shorter recordings are left out", 0)


def main(_):
    """Runs the command line."""
    check_manual_dir(_FLAGS.dataset, _FLAGS.manual_dir)
    folder = _FLAGS.output_dir or pathlib.Path(_FLAGS.data_dir) / "inspected" / _FLAGS.dataset
    import_tensorflow()
    from sagcn_tf.data.inspection import inspect

    folders = _FLAGS.data_dir, _FLAGS.manual_dir, folder
    text, paths = inspect(_FLAGS.dataset, *folders, _FLAGS.frames, _FLAGS.min_frames)
    print(text)
    print("\n".join(map(str, paths)))


if __name__ == "__main__":
    define_flags()
    run_main(main)
