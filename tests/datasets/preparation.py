"""Prepared data sets of small raw files."""

import tensorflow_datasets as tfds


def prepare_with(builder_class, manual_dir, data_dir, config):
    """Returns the builder of the prepared files."""
    builder = builder_class(config=config, data_dir=data_dir, file_format="tfrecord")
    builder.download_and_prepare(
        download_config=tfds.download.DownloadConfig(manual_dir=manual_dir)
    )
    return builder


def examples(builder, split):
    """Returns `{name: example}` of a split."""
    rows = builder.as_dataset(split=split).as_numpy_iterator()
    return {row["name"].decode(): row for row in rows}
