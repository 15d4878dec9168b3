"""Inspects a data set before training: writes tables and a picture of one clip per action."""

import json
import pathlib

from sagcn_tf.data import description, input_pipeline
from sagcn_tf.errors import UserError
from sagcn_tf.figures import figure_io
from sagcn_tf.files import atomic_write

# Builders write the raw files that they could not use to this file next to the prepared data.
_REPORT = "raw_files_report.json"
_MAX_LISTED = 10


def inspect(dataset, data_dir, manual_dir, output_dir, frames):
    """Writes `data.md` and `data.png`.

    Args:
        dataset: one of `config.DATASETS`.
        data_dir: folder for prepared data.
        manual_dir: folder with raw files that cannot be downloaded, or None.
        output_dir: folder for the two files.
        frames: T, frames per training clip.

    Returns:
        `(text, paths)`: the text of `data.md`, and the paths of the two files.

    Raises:
        UserError: if the data cannot be prepared, or the files cannot be written.
    """
    builder = input_pipeline.prepare(dataset, data_dir, manual_dir)
    data = input_pipeline.read(builder, dataset)
    left_out = read_report(pathlib.Path(builder.data_dir).parent / _REPORT)
    text = description.describe(data, frames, left_out)
    paths = [pathlib.Path(output_dir) / name for name in ("data.md", "data.png")]
    try:
        with atomic_write(paths[0]) as temporary:
            temporary.write_text(text, encoding="utf-8")
        figure_io.save(description.film_strips(data, frames), paths[1])
    except OSError as error:
        raise UserError(
            f"--output_dir={output_dir} cannot be written: {error}. Choose a writable folder"
        ) from error
    return text, paths


def read_report(path):
    """Reads a builder's report of unusable raw files.

    Args:
        path: `pathlib.Path` of the JSON report.

    Returns:
        List of lines of text, one per file; empty if there is no report.
    """
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
            for one in files[:_MAX_LISTED]
        ]
        if len(files) > _MAX_LISTED:
            lines.append(f"{len(files) - _MAX_LISTED} more files are {meaning}: see {path}")
    return lines
