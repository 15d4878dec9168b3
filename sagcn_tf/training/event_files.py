"""Mends TensorBoard's event files of a run that was interrupted."""

import contextlib
import pathlib

import tensorflow as tf
from tensorflow.core.util.event_pb2 import Event

from sagcn_tf.files import atomic_write


def drop_later_events(folder, step):
    """Drops the events that a run resumed after a step will write again, so none is told twice.

    Those are the events of later steps, and those of step 0, which describe the run. The last event
    of a process that was killed may be cut: it is dropped, too.

    Args:
        folder: folder of the event files; it may be missing.
        step: number of completed steps.
    """
    for path in sorted(pathlib.Path(folder).glob("events.out.tfevents.*")):
        events = list(_events(path))
        kept = [record for record, event in events if 0 < event.step <= step]
        if not kept:
            path.unlink()
            continue
        versions = [record for record, event in events if event.HasField("file_version")]
        with (
            atomic_write(path) as temporary,
            tf.io.TFRecordWriter(str(temporary)) as file,
        ):
            for record in (*versions, *kept):
                file.write(record)


def _events(path):
    """Yields `(record, event)` up to the first record that is damaged."""
    with contextlib.suppress(tf.errors.DataLossError):
        for record in tf.data.TFRecordDataset(str(path)):
            record = record.numpy()
            yield record, Event.FromString(record)
