"""The anchors of a data set, measured once for all runs on it."""

import contextlib
import hashlib
import json
import pathlib

from sagcn_tf.evaluation import anchor_scores
from sagcn_tf.runs import write_json


def anchors_of(data, frames, clips_per_class, data_dir):
    """What `evaluation.anchor_scores` gives, from `DATA_DIR/anchors/` where it lies there already.

    Args:
        data: a `MotionData` with sequences.
        frames: T.
        clips_per_class: one or more numbers of clips.
        data_dir: folder of the prepared data.
    """
    sizes = sorted(set(clips_per_class))
    of = json.dumps([data.describe(), frames, sizes], sort_keys=True)
    name = f"{data.dataset}-{hashlib.sha256(of.encode()).hexdigest()[:12]}.json"
    path = pathlib.Path(data_dir) / "anchors" / name
    try:
        return json.loads(path.read_text())
    except (OSError, ValueError):  # not there yet, or damaged: it is only a copy
        scores = anchor_scores(data, frames, sizes)
    with contextlib.suppress(OSError):  # prepared data may lie where nothing can be written
        write_json(path, scores)
    return scores
