import numpy as np

from sagcn_tf import runs
from sagcn_tf.evaluation.attention_report import attention_report
from sagcn_tf.metrics.attention_selection import attention_selection
from tests.small_data import CLASS_NAMES, small_config, small_data

CLASSES = len(CLASS_NAMES)


def test_measures_ten_clips_per_class():
    model = runs.new_model(small_config("tuned"), small_data())
    label = np.tile(np.eye(CLASSES, dtype=np.float32), [10, 1])
    kept = model.attend(label, np.arange(10 * CLASSES, dtype=np.int32))["kept"]

    assert attention_report(model, CLASSES) == attention_selection(kept) != {}


def test_a_model_without_attention_has_an_empty_report():
    assert attention_report(object(), CLASSES) == {}
