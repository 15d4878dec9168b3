"""Inspects a data set before training: writes tables and a picture of one clip per action."""

import dataclasses
import pathlib

from datasets import raw_files_report
from sagcn_tf.data import description, input_pipeline, preparation
from sagcn_tf.data.clips import frames_needed, too_short
from sagcn_tf.errors import UserError
from sagcn_tf.figures import figure_io
from sagcn_tf.files import atomic_write, read_json

_MAX_LISTED = 10


def inspect(dataset, data_dir, manual_dir, output_dir, frames, min_frames=0):
    """Writes `data.md`, `data.png` and, if sequences or raw files are left out, `left_out.txt`.

    Args:
        dataset: one of `config.DATASETS`.
        data_dir: folder for prepared data.
        manual_dir: folder with raw files that cannot be downloaded, or None.
        output_dir: folder for the files.
        frames: T, frames per training clip.
        min_frames: shorter sequences are left out. Default: 0.

    Returns:
        `(text, paths)`: the text of `data.md`, and the paths of the files.

    Raises:
        UserError: if the data cannot be prepared, or the files cannot be written.
    """
    builder = preparation.prepare(dataset, data_dir, manual_dir)
    data = dataclasses.replace(input_pipeline.read(builder, dataset), min_frames=min_frames)
    report = read_report(pathlib.Path(builder.data_dir).parent / raw_files_report.NAME)
    all_lines = report["left_out"] + _short(data, frames)
    folder = pathlib.Path(output_dir)
    missing = report["incomplete"] + _first(report["left_out"])
    text = description.describe(data, frames, missing, report["notes"])
    texts = {"data.md": text}
    if all_lines:
        texts["left_out.txt"] = "\n".join(all_lines) + "\n"
    paths = [folder / name for name in (*texts, "data.png")]
    try:
        (folder / "left_out.txt").unlink(missing_ok=True)  # of an earlier call
        for name, content in texts.items():
            with atomic_write(folder / name) as temporary:
                temporary.write_text(content, encoding="utf-8")
        figure_io.save(description.film_strips(data, frames), paths[-1])
    except OSError as error:
        raise UserError(
            f"--output_dir={output_dir} cannot be written: {error}. Choose a writable folder"
        ) from error
    return text, paths


def read_report(path):
    """Reads a builder's report about raw files.

    Args:
        path: `pathlib.Path` of the JSON report.

    Returns:
        A dictionary of lists of lines, empty if there is no report: `"incomplete"`, how many files
        are missing; `"left_out"`, a line per file that could not be used; and `"notes"`, about how
        others were read.
    """
    try:
        report = read_json(path)
    except (OSError, ValueError):
        report = {}
    kinds = {"damaged": "cannot be used", "missing": "is without a usable skeleton"}
    lines = [
        f"{one['file']}{', line ' + str(one['line']) if one.get('line') else ''} {meaning}: "
        f"{one['reason']}"
        for key, meaning in kinds.items()
        for one in report.get(key, [])
    ]
    incomplete = [line.rstrip(".") for line in report.get("incomplete", [])]
    return {"incomplete": incomplete, "left_out": lines, "notes": report.get("notes", [])}


def _short(data, frames):
    """Returns a line per sequence that is too short for a clip."""
    needed = max(frames_needed(data, frames), data.min_frames)
    lines = []
    for split in ("train", "test"):
        sequences = getattr(data, split)
        for one in too_short(data, split, frames, data.min_frames):
            length = sequences.offsets[one + 1] - sequences.offsets[one]
            lines.append(f"{sequences.names[one]} has {length} of {needed} frames")
    return lines


def _first(lines):
    """Returns the first ten lines, and one that counts the others."""
    more = [f"{len(lines) - _MAX_LISTED} more files: see left_out.txt"]
    return lines if len(lines) <= _MAX_LISTED else lines[:_MAX_LISTED] + more
