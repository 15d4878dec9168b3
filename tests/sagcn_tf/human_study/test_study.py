import dataclasses

import numpy as np
import pytest

from sagcn_tf.errors import UserError
from sagcn_tf.human_study.study import Study
from tests.small_study import small_study


def test_a_study_is_read_as_it_was_written(tmp_path):
    study = small_study()
    study.save(tmp_path)

    found = Study.load(tmp_path)

    for field in dataclasses.fields(Study):
        np.testing.assert_array_equal(getattr(found, field.name), getattr(study, field.name))


def test_a_study_is_not_overwritten(tmp_path):
    small_study().save(tmp_path)

    with pytest.raises(UserError, match="already has a study"):
        small_study().save(tmp_path)


def test_no_study_and_a_damaged_one_are_refused(tmp_path):
    with pytest.raises(UserError, match="has no study: prepare one"):
        Study.load(tmp_path)
    small_study().save(tmp_path)
    (tmp_path / "clips.npz").write_bytes(b"PK")
    with pytest.raises(UserError, match="is damaged"):
        Study.load(tmp_path)
