"""Measures which frames the attention of a model selects, on generated clips."""

import numpy as np

from sagcn_tf.metrics.attention_selection import attention_selection

_CLIPS_PER_CLASS = 10


def attention_report(model, num_classes):
    """Measures which past frames pruning keeps in ten generated clips per class.

    Args:
        model: a `MotionModel`.
        num_classes: C.

    Returns:
        The result of `attention_selection`; an empty dict for a model without attention.
    """
    if not getattr(model, "attends", False):  # evaluated objects may have only `generate`
        return {}
    count = num_classes * _CLIPS_PER_CLASS
    label = np.eye(num_classes, dtype=np.float32)[np.arange(count) % num_classes]
    kept = model.attend(label, np.arange(count, dtype=np.int32))["kept"]
    return attention_selection(kept)
