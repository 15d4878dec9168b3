"""Repairs TensorBoard's event files of a run that was interrupted."""

import contextlib
import pathlib

import tensorflow as tf
from tensorflow.core.util.event_pb2 import Event

from sagcn_tf.files import atomic_write


def drop_later_events(folder, step, evaluated=True):
    """Drops the events that a run resumed after a step will write again, so none appears twice.

    Those are the events of later steps, those of step 0, which describe the run, and those of an
    evaluation that was cut short. The last event of a process that was killed may be truncated; it
    is dropped, too.

    Args:
        folder: folder of the event files; it may be missing.
        step: number of completed steps.
        evaluated: whether an evaluation after this step, if there was one, is complete. If not,
            only the `health/` events of this step are kept, which do not come from the evaluation.
            Default: True.
    """
    for path in sorted(pathlib.Path(folder).glob("events.out.tfevents.*")):
        events = list(_events(path))
        kept = [record for record, event in events if _is_kept(event, step, evaluated)]
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


def _is_kept(event, step, evaluated):
    if event.step == step and not evaluated:
        tags = [value.tag for value in event.summary.value]
        return step > 0 and all(tag.startswith("health/") for tag in tags)
    return 0 < event.step <= step


def _events(path):
    """Yields `(record, event)` up to the first record that is damaged."""
    with contextlib.suppress(tf.errors.DataLossError):
        for record in tf.data.TFRecordDataset(str(path)):
            record = record.numpy()
            yield record, Event.FromString(record)
