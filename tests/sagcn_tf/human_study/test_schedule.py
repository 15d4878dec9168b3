import collections

from sagcn_tf.human_study.schedule import CLIP, REPEAT, schedule
from sagcn_tf.human_study.study import REAL
from tests.small_study import KEYS, small_study

STUDY = small_study(clips_per_class=20, judgments=40)  # 120 clips in 3 blocks


def clips(rater, kind=CLIP):
    return [one.clip for one in schedule(STUDY, rater) if one.kind == kind]


def test_every_clip_is_seen_by_as_many_raters_as_asked_for():
    seen = collections.Counter(clip for rater in range(9) for clip in clips(rater))

    assert seen == {clip: 3 for clip, key in enumerate(STUDY.keys) if key in KEYS}
    assert set(clips(0)) == set(clips(2)) == set(clips(9)) != set(clips(3))


def test_a_block_has_as_many_clips_of_each_system_and_class():
    counts = collections.Counter((STUDY.keys[clip], STUDY.labels[clip]) for clip in clips(4))

    assert len(counts) == 6
    assert max(counts.values()) - min(counts.values()) <= 1


def test_a_twentieth_is_real_and_a_twentieth_is_repeated_later():
    judgments = schedule(STUDY, 1)

    assert [STUDY.keys[clip] for clip in clips(1, REAL)] == [REAL] * 2
    places = [(number, one.clip) for number, one in enumerate(judgments) if one.kind == REPEAT]
    assert len(places) == 2
    for place, clip in places:
        first = next(number for number, one in enumerate(judgments) if one.clip == clip)
        assert first < len(judgments) // 2 <= place


def test_the_order_is_random_but_a_rater_sees_the_same_after_a_break():
    assert schedule(STUDY, 0) == schedule(STUDY, 0)
    assert clips(0) != clips(1)
    order = [STUDY.keys[clip] for clip in clips(0)]
    changes = sum(a != b for a, b in zip(order, order[1:], strict=False))
    assert 10 < changes < 30  # neither sorted nor alternating
