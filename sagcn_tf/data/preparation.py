"""Prepares data sets, once for all processes."""

import contextlib
import importlib
import pathlib
import sys

from datasets.raw_data_error import RawDataError
from sagcn_tf.config import DATASETS
from sagcn_tf.errors import UserError, file_error, short
from sagcn_tf.locks import locked_folder


def prepare(dataset: str, data_dir: str, manual_dir: str | None = None, fingerprint: str = ""):
    """Prepares a data set with its TFDS builder, unless it is already prepared.

    Args:
        dataset: one of `config.DATASETS`.
        data_dir: folder for prepared data.
        manual_dir: folder with raw files that cannot be downloaded. Default: None.
        fingerprint: that of a run on a motion folder. Without `manual_dir`, its data are read as
            they were prepared. Default: none.

    Returns:
        The TFDS builder of the prepared data set.

    Raises:
        UserError: if raw files are missing or damaged, or the disk is full; the message says what
            to do.
    """
    import tensorflow_datasets as tfds

    if fingerprint and not manual_dir:
        return _prepared_folder(pathlib.Path(data_dir) / dataset / fingerprint)
    builder_name, _, config = DATASETS[dataset].partition("/")
    module = importlib.import_module(f"datasets.{builder_name}.{builder_name}_dataset_builder")

    def make():
        """Makes the builder, which reads the description of prepared data at once."""
        with damage_errors(pathlib.Path(data_dir) / builder_name):
            return module.Builder(config=config, data_dir=data_dir, file_format="tfrecord")

    try:
        if dataset == "motion_folder":
            config = module.folder_config(manual_dir)
        if make().is_prepared():
            builder = make()  # Another process may have prepared the data since that one was made.
            if manual_dir and dataset != "motion_folder":
                print(
                    f"{dataset} was prepared before: {manual_dir} is not read again. To prepare it "
                    f"anew, delete {builder.data_dir}",
                    flush=True,
                )
            return builder
        if not sys.stderr.isatty():
            tfds.disable_progress_bar()
        with locked_folder(data_dir, _say_who_prepares(dataset)):
            builder = make()
            builder.download_and_prepare(
                download_config=tfds.download.DownloadConfig(manual_dir=manual_dir)
            )
    except UserError:
        raise
    except Exception as error:
        known = str(error) if isinstance(error, RawDataError) else file_error(error)
        if known is None:
            raise
        raise UserError(f"{dataset} could not be prepared: {known}") from error
    return builder


def _prepared_folder(folder):
    """Opens prepared data of a motion folder, even if that folder no longer exists."""
    import tensorflow_datasets as tfds

    versions = sorted(folder.glob("*/dataset_info.json"))
    if not versions:
        raise UserError(
            f"the motion of this run is not prepared in {folder}. Give --manual_dir=DIR, the "
            "folder of the motion files, or the --data_dir of the training"
        )
    with damage_errors(folder):
        return tfds.builder_from_directory(versions[-1].parent)


@contextlib.contextmanager
def damage_errors(folder):
    """Turns the errors of damaged files of prepared data into a `UserError`."""
    import tensorflow as tf
    from google.protobuf.json_format import ParseError

    try:
        yield
    except (tf.errors.OpError, ParseError, ValueError, LookupError, AttributeError) as error:
        raise UserError(
            f"the prepared data in {folder} are damaged ({short(error)}). Delete this folder and "
            "run the command again"
        ) from error


def _say_who_prepares(dataset):
    return lambda owner: print(f"waiting for {owner}, which is preparing {dataset}", flush=True)
