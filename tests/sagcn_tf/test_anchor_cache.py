import json

from sagcn_tf import anchor_cache, evaluation
from sagcn_tf.anchor_cache import anchors_of
from tests.swinging_data import FRAMES, small_data

DATA = small_data()


def test_anchors_are_measured_once_and_are_the_same_after_it(tmp_path, monkeypatch):
    first = anchors_of(DATA, FRAMES, [3, 4], tmp_path)
    assert first == evaluation.anchor_scores(DATA, FRAMES, [3, 4])

    def measure(*arguments):
        raise AssertionError("measured again")

    monkeypatch.setattr(anchor_cache, "anchor_scores", measure)
    assert anchors_of(DATA, FRAMES, [4, 3], tmp_path) == first


def test_other_clips_or_data_have_anchors_of_their_own(tmp_path):
    anchors_of(DATA, FRAMES, [3], tmp_path)

    assert anchors_of(DATA, FRAMES, [4], tmp_path).popitem()[1].keys() == {"4"}
    assert len(list((tmp_path / "anchors").iterdir())) == 2


def test_a_damaged_copy_is_measured_anew(tmp_path):
    first = anchors_of(DATA, FRAMES, [3], tmp_path)
    (path,) = (tmp_path / "anchors").iterdir()
    path.write_text("{")

    assert anchors_of(DATA, FRAMES, [3], tmp_path) == first
    assert json.loads(path.read_text()) == first
