"""Prepared data sets of small raw files."""

import pathlib

import pytest
import tensorflow_datasets as tfds

from datasets.raw_data_error import RawDataError

# What there may be instead of a folder of raw files.
NO_RAW_FILES = {
    "nothing": lambda path: None,
    "an empty folder": pathlib.Path.mkdir,
    "a file": lambda path: path.write_text("not a folder"),
}


def prepare_with(builder_class, manual_dir, data_dir, config):
    """Returns the builder of the prepared files."""
    builder = builder_class(config=config, data_dir=data_dir, file_format="tfrecord")
    builder.download_and_prepare(
        download_config=tfds.download.DownloadConfig(manual_dir=manual_dir)
    )
    return builder


def refusal(prepare, make, folder):
    """Returns the error of `prepare(raw, data)`, where `make(raw)` made what is no raw data."""
    make(folder / "raw")
    with pytest.raises(RawDataError) as caught:
        prepare(folder / "raw", folder / "data")
    return str(caught.value)


def examples(builder, split):
    """Returns `{name: example}` of a split."""
    rows = builder.as_dataset(split=split).as_numpy_iterator()
    return {row["name"].decode(): row for row in rows}
