import pytest

from sagcn_tf.errors import UserError
from sagcn_tf.human_study.records import RATINGS, Records


def test_raters_and_ratings_are_there_after_a_restart(tmp_path):
    records = Records(tmp_path)
    assert [records.register(name) for name in ("ann", "bob", "ann")] == [0, 1, 0]
    assert records.add("bob", 3, rating=4, clip=7)

    again = Records(tmp_path)

    assert again.raters == ["ann", "bob"] and again.register("bob") == 1
    assert again.done("bob") == {3} and again.done("ann") == set()
    assert again.ratings["bob", 3] == {"rater": "bob", "judgment": 3, "rating": 4, "clip": 7}


def test_of_two_ratings_of_a_judgment_the_first_counts(tmp_path):
    records = Records(tmp_path)

    assert records.add("ann", 0, rating=5)
    assert not records.add("ann", 0, rating=1)

    assert len((tmp_path / RATINGS).read_text().splitlines()) == 1
    assert Records(tmp_path).ratings["ann", 0]["rating"] == 5


def test_a_line_that_a_crash_cut_off_is_dropped_and_the_next_one_is_whole(tmp_path):
    Records(tmp_path).add("ann", 0, rating=5)
    with open(tmp_path / RATINGS, "a") as file:
        file.write('{"rater": "ann", "judgm')

    records = Records(tmp_path)
    assert records.done("ann") == {0}
    records.add("ann", 1, rating=2)

    assert Records(tmp_path).done("ann") == {0, 1}


def test_a_damaged_line_is_named(tmp_path):
    (tmp_path / RATINGS).write_text('{"rater": "ann"\n{}\n')

    with pytest.raises(UserError, match="ratings.jsonl, line 1 is damaged"):
        Records(tmp_path)
