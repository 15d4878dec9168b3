"""Shows what is in a data set: tables of its actions and subjects, gaps, and film strips.

python -m sagcn_tf.inspect_data --dataset=synthetic
python -m sagcn_tf.inspect_data --dataset=motion_folder --manual_dir=DIR

It is the first thing to do with new data, before any training. The tables are printed and written
to data.md; one clip of each action is drawn in data.png.
"""

import pathlib

from absl import flags

from sagcn_tf.config import DATASETS, check_manual_dir
from sagcn_tf.errors import run_main

_FLAGS = flags.FLAGS


def define_flags():
    """Defines the flags of the command line."""
    flags.DEFINE_enum("dataset", "synthetic", list(DATASETS), "data set to look at")
    flags.DEFINE_string("data_dir", "data", "folder for prepared data")
    flags.DEFINE_string("manual_dir", None, "folder with raw files that cannot be downloaded")
    flags.DEFINE_string(
        "output_dir", None, "folder for data.md and data.png (default: DATA_DIR/inspected/DATASET)"
    )
    flags.DEFINE_integer("frames", 50, "frames T of a clip", 2, 100_000)


def main(_):
    """Runs the command line."""
    check_manual_dir(_FLAGS.dataset, _FLAGS.manual_dir)
    folder = _FLAGS.output_dir or pathlib.Path(_FLAGS.data_dir) / "inspected" / _FLAGS.dataset
    from sagcn_tf.data.inspection import inspect

    text, paths = inspect(_FLAGS.dataset, _FLAGS.data_dir, _FLAGS.manual_dir, folder, _FLAGS.frames)
    print(text)
    print("\n".join(map(str, paths)))


if __name__ == "__main__":
    define_flags()
    run_main(main)
