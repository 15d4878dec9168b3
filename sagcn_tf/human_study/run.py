"""Scores the study of a folder."""

import pathlib

from sagcn_tf.files import write_json
from sagcn_tf.human_study.records import Records
from sagcn_tf.human_study.scores import study_scores
from sagcn_tf.human_study.study import Study

SCORES = "scores.json"


def score_study(study_dir):
    """Scores a study and writes `scores.json` to its folder.

    Args:
        study_dir: folder of the study. Its server may be running.

    Returns:
        `(study, scores)`: the `Study` and the result of `study_scores`.

    Raises:
        UserError: if the folder has no study, or a file is damaged.
    """
    study = Study.load(study_dir)
    scores = study_scores(study, Records(study_dir).ratings)
    write_json(pathlib.Path(study_dir) / SCORES, scores)
    return study, scores
