import dataclasses
import json

import numpy as np
import pytest

from sagcn_tf.classification import classifiers
from sagcn_tf.data.input_pipeline import MotionData, evaluation_clips
from sagcn_tf.errors import UserError
from sagcn_tf.metrics.feature_spread import diversity, multimodality
from sagcn_tf.metrics.frechet_distance import frechet_distance, gaussian
from tests.place_recogniser import place_recogniser
from tests.swinging_data import CLASSES, FRAMES, small_data

DATA = small_data()
PLACES = place_recogniser(DATA, FRAMES)
CLIPS = evaluation_clips(DATA, "train", 40, 1, FRAMES)


def wrong(clips):
    """The clips of each class under the name of the next."""
    return np.roll(clips, 1, axis=0)


def test_clips_are_recognised_in_batches():
    found, features = PLACES.recognise(classifiers.flat(CLIPS))

    assert len(found) == CLASSES * 40 > classifiers._BATCH
    one_by_one = [PLACES.recognise(clip[None]) for clip in classifiers.flat(CLIPS)]
    np.testing.assert_array_equal(found, np.concatenate([one[0] for one in one_by_one]))
    np.testing.assert_allclose(
        features, np.concatenate([one[1] for one in one_by_one]), rtol=1e-4, atol=1e-5
    )


def test_recall_counts_the_clips_that_are_recognised_as_their_class():
    mixed = CLIPS.copy()
    mixed[0, :10] = CLIPS[1, :10]

    scores = PLACES.measure(mixed, seed=0)

    np.testing.assert_allclose(scores["recall"], [0.75, 1, 1])
    assert scores["accuracy"] == pytest.approx(2.75 / 3)


def test_a_generator_of_the_wrong_class_is_seen_in_the_accuracy_alone():
    right, other = PLACES.measure(CLIPS, seed=0), PLACES.measure(wrong(CLIPS), seed=0)

    assert right["accuracy"] == 1 and other["accuracy"] == 0
    for name in ("frechet_train", "frechet_test"):
        assert other[name] == pytest.approx(right[name], rel=1e-6)


def test_distances_are_those_between_features():
    scores = PLACES.measure(CLIPS, seed=3)

    _, features = PLACES.recognise(classifiers.flat(CLIPS))
    for split, reference in PLACES.references.items():
        expected = frechet_distance(gaussian(features), reference)
        assert scores[f"frechet_{split}"] == pytest.approx(expected, rel=1e-6)
    features, generator = features.reshape(CLASSES, 40, -1), np.random.default_rng(3)
    assert scores["diversity"] == pytest.approx(diversity(features, generator))
    assert scores["multimodality"] == pytest.approx(multimodality(features, generator))


def test_real_clips_are_nearest_to_those_of_their_own_subjects():
    train = PLACES.measure(CLIPS, seed=0)
    test = PLACES.measure(evaluation_clips(DATA, "test", 40, 1, FRAMES), seed=0)

    assert train["frechet_train"] < train["frechet_test"]
    assert test["frechet_test"] < test["frechet_train"]


def test_a_collapsed_generator_has_no_multimodality():
    collapsed = np.repeat(CLIPS[:, :1], 40, axis=1)

    scores = PLACES.measure(collapsed, seed=0)

    assert scores["multimodality"] == pytest.approx(0, abs=1e-5)
    assert scores["frechet_train"] > 2 * PLACES.measure(CLIPS, seed=0)["frechet_train"]


def test_the_interval_of_a_mean_is_1_96_deviations_over_the_root_of_their_number():
    measurements = [
        {"recall": np.array([value, 0.5]), "accuracy": value} for value in (0.0, 1.0, 0.0, 1.0)
    ]

    summary = classifiers.summary(measurements)

    assert summary == {
        "recall": [0.5, 0.5],
        "accuracy": {"mean": 0.5, "interval": pytest.approx(1.96 * 0.5 / 2)},
    }
    assert json.loads(json.dumps(summary)) == summary


def test_the_interval_holds_the_true_mean_in_about_95_of_100_cases():
    rng, held = np.random.default_rng(0), 0
    for _ in range(400):
        draws = [{"recall": np.zeros(1), "accuracy": value} for value in rng.normal(size=20)]
        found = classifiers.summary(draws)["accuracy"]
        held += abs(found["mean"]) < found["interval"]
    assert 0.90 < held / 400 < 0.98


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """Both recognisers, untrained, in a folder: `(recogniser_dir, {kind: recogniser})`."""
    recogniser_dir, recognisers = tmp_path_factory.mktemp("recognisers"), {}
    for kind in classifiers.KINDS:
        network = classifiers.new_network(kind, DATA, FRAMES)
        references = {"train": gaussian(np.eye(3)), "test": gaussian(2 * np.eye(3))}
        facts = {**PLACES.facts, "kind": kind}
        recognisers[kind] = classifiers.TrainedRecogniser(kind, network, references, facts)
        folder = classifiers.recogniser_folder(recogniser_dir, kind, DATA, FRAMES)
        classifiers.save(recognisers[kind], folder)
    return recogniser_dir, recognisers


def test_a_recogniser_comes_back_as_it_was_saved(saved):
    recogniser_dir, recognisers = saved
    described = MotionData.from_description(DATA.describe())

    opened = classifiers.open_recognisers(recogniser_dir, described, FRAMES)

    assert list(opened) == list(classifiers.KINDS)
    for kind, recogniser in recognisers.items():
        assert opened[kind].kind == kind and opened[kind].facts == recogniser.facts
        weights = zip(opened[kind].network.weights, recogniser.network.weights, strict=True)
        for one, other in weights:
            np.testing.assert_array_equal(one.numpy(), other.numpy())
        for split in ("train", "test"):
            for parts in zip(
                opened[kind].references[split], recogniser.references[split], strict=True
            ):
                np.testing.assert_array_equal(*parts)


def test_data_and_length_of_clips_have_each_their_own_recognisers(saved):
    recogniser_dir, _ = saved
    other = dataclasses.replace(DATA, mean=DATA.mean + 1)

    assert classifiers.open_recognisers(recogniser_dir, other, FRAMES) == {}
    assert classifiers.open_recognisers(recogniser_dir, DATA, FRAMES + 1) == {}
    line = classifiers.how_to_train(["st_gcn"], "folder", other, 7)
    assert "--dataset=small --frames=7 --recogniser_dir=folder" in line


def test_a_folder_under_another_name_is_refused_for_other_data(saved):
    recogniser_dir, _ = saved
    folder = classifiers.recogniser_folder(recogniser_dir, "d_v", DATA, FRAMES)
    other = dataclasses.replace(DATA, class_names=["a", "b", "c"])

    for data, frames in ((other, FRAMES), (DATA, FRAMES + 1)):
        with pytest.raises(UserError, match="would not be comparable"):
            classifiers.open_recogniser(folder, data, frames)


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("recogniser.json", None),
        ("recogniser.json", b"[1]"),
        ("recogniser.json", b'{"kind": "d_v"'),
        ("references.npz", None),
        ("references.npz", b""),
        ("references.npz", b"PK\x03\x04 and no more"),
        ("weights.index", None),
        ("weights.data-00000-of-00001", b"short"),
    ],
)
def test_a_damaged_folder_is_named(saved, tmp_path, file, content):
    _, recognisers = saved
    folder = tmp_path / "damaged"
    classifiers.save(recognisers["st_gcn"], folder)
    (folder / file).unlink()
    if content is not None:
        (folder / file).write_bytes(content)

    with pytest.raises(UserError, match="damaged is not a whole recogniser.*train it again"):
        classifiers.open_recogniser(folder, DATA, FRAMES)


def test_what_is_there_is_not_overwritten_and_nothing_is_left_behind(saved, tmp_path):
    _, recognisers = saved
    folder = tmp_path / "there"
    folder.mkdir()
    (folder / "mine").touch()

    with pytest.raises(UserError, match="cannot be written to .*there"):
        classifiers.save(recognisers["st_gcn"], folder)

    assert list(tmp_path.iterdir()) == [folder]
    assert [path.name for path in folder.iterdir()] == ["mine"]
