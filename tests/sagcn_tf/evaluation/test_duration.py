import pytest

from sagcn_tf.evaluation import duration, real_measurements
from tests.swinging_data import FRAMES, SmallModel, small_data

DATA = small_data()


@pytest.fixture
def clock(monkeypatch):
    """A clock on which a clip takes a second, and the pairs of 200 clips take 50; two cores."""
    now = [0.0]

    def generate(model, classes, per_class, draw):
        now[0] += classes * per_class

    def pairs(clips):
        now[0] += 50.0

    monkeypatch.setattr(duration.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(duration.os, "cpu_count", lambda: 2)
    monkeypatch.setattr(duration, "sample_all_classes", generate)
    monkeypatch.setattr(duration, "within_sums", pairs)


@pytest.mark.parametrize("cached", [[], [200]])
def test_clips_and_pairs_are_counted(clock, cached):
    seconds = duration.seconds_of_evaluation(SmallModel(DATA), DATA, FRAMES, [200], cached)

    clips, pair = 3 * 5 * 200, 2 * 50.0 / 200**2 / 2
    of_model = 5 * (0.5 + 2)  # sets of pairs: within, and with both splits
    of_data = real_measurements.clips_to_measure(DATA, 200) / (3 * 200)
    sets = of_model + (0 if cached else of_data)
    assert seconds == pytest.approx(clips + 3 * 200**2 * sets * pair)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.2, "about 2 seconds"), (75, "about 75 seconds"), (200, "about 3 minutes")],
)
def test_durations_are_rounded(seconds, words):
    assert duration.in_words(seconds) == words
