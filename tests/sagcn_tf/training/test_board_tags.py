import re

import pytest

from sagcn_tf.training import board_tags

TAGS = (
    "health/D_V/loss",
    "health/G/loss_D_F",
    "health/D_V/accuracy_real",
    "health/D_F/gradient_norm",
    "health/D_V/penalty",
    "health/G/learning_rate",
    "health/clips_per_second",
    "quality/mmd_seq",
    "quality/mmd_avg_white_noise",
    "quality/bone_length_variation",
    "quality/one",
    "quality/recognized_st_gcn",
    "quality/attention_distance",
)


@pytest.mark.parametrize("tag", TAGS)
def test_a_scalar_has_a_meaning_and_one_chart(tag):
    charts = [chart for category in board_tags.layout().category for chart in category.chart]

    assert len(board_tags.describe(tag)) > 10
    found = [
        chart.title for chart in charts if any(re.match(one, tag) for one in chart.multiline.tag)
    ]
    assert len(found) == 1, found


def test_meanings_differ_and_an_unknown_scalar_has_none():
    meanings = {board_tags.describe(tag) for tag in TAGS}

    assert len(meanings) == len(TAGS) - 1  # both losses have one
    assert board_tags.describe("health/color") == board_tags.describe("quality/loss") == ""
