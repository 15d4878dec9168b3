"""Shows what is in a data set: tables of its actions and subjects, gaps, and film strips.

python -m sagcn_tf.inspect_data --dataset=synthetic
python -m sagcn_tf.inspect_data --dataset=motion_folder --manual_dir=DIR

It is the first thing to do with new data, before any training. The tables are printed and written
to data.md; one clip of each action is drawn in data.png.
"""

import json
import pathlib

from absl import flags

from sagcn_tf.config import DATASETS, check_manual_dir
from sagcn_tf.errors import UserError, run_main
from sagcn_tf.files import whole_file

# Where a builder writes down which raw files it could not use, beside the prepared data.
REPORT = "raw_files_report.json"
_NAMED = 10
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


def inspect(dataset, data_dir, manual_dir, output_dir, frames):
    """Writes `data.md` and `data.png`.

    Args:
        dataset: one of `config.DATASETS`.
        data_dir: folder for prepared data.
        manual_dir: folder with raw files that cannot be downloaded, or None.
        output_dir: folder for the two files.
        frames: T, of the clips that a training would cut.

    Returns:
        The text of `data.md`, and the two paths.

    Raises:
        UserError: if the data are not there, or the files cannot be written.
    """
    from sagcn_tf.data import input_pipeline, inspection
    from sagcn_tf.figures import figure_io

    builder = input_pipeline.prepare(dataset, data_dir, manual_dir)
    data = input_pipeline.read(builder, dataset)
    left_out = read_report(pathlib.Path(builder.data_dir).parent / REPORT)
    text = inspection.describe(data, frames, left_out)
    paths = [pathlib.Path(output_dir) / name for name in ("data.md", "data.png")]
    try:
        with whole_file(paths[0]) as temporary:
            temporary.write_text(text, encoding="utf-8")
        figure_io.save(inspection.film_strips(data, frames), paths[1])
    except OSError as error:
        raise UserError(f"--output_dir={output_dir} cannot be written: {error}") from error
    return text, paths


def read_report(path):
    """What a builder wrote down of raw files that it could not use, a line each; maybe none."""
    try:
        report = json.loads(path.read_text())
    except (OSError, ValueError):
        return []
    kinds = {"damaged": "damaged", "missing": "without a usable skeleton"}
    lines = []
    for key, meaning in kinds.items():
        files = report.get(key, [])
        lines += [
            f"{one['file']}{', line ' + str(one['line']) if one.get('line') else ''} is {meaning}: "
            f"{one['reason']}"
            for one in files[:_NAMED]
        ]
        if len(files) > _NAMED:
            lines.append(f"and {len(files) - _NAMED} more files are {meaning}: see {path}")
    return lines


def main(_):
    """Runs the command line."""
    check_manual_dir(_FLAGS.dataset, _FLAGS.manual_dir)
    folder = _FLAGS.output_dir or pathlib.Path(_FLAGS.data_dir) / "inspected" / _FLAGS.dataset
    text, paths = inspect(_FLAGS.dataset, _FLAGS.data_dir, _FLAGS.manual_dir, folder, _FLAGS.frames)
    print(text)
    print("\n".join(map(str, paths)))


if __name__ == "__main__":
    define_flags()
    run_main(main)
