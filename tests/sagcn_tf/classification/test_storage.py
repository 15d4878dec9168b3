import dataclasses

import numpy as np
import pytest

from sagcn_tf.classification import storage
from sagcn_tf.classification.storage import (
    classifier_folder,
    how_to_train,
    open_classifier,
    open_classifiers,
)
from sagcn_tf.classification.trained_classifier import KINDS, TrainedClassifier, new_network
from sagcn_tf.data.input_pipeline import MotionData
from sagcn_tf.errors import UserError
from sagcn_tf.metrics.frechet_distance import gaussian
from tests.place_classifier import place_classifier
from tests.swinging_data import FRAMES, small_data

DATA = small_data()
PLACES = place_classifier(DATA, FRAMES)


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """Both classifiers, untrained and saved: `(classifier_dir, {kind: classifier})`."""
    classifier_dir, classifiers = tmp_path_factory.mktemp("classifiers"), {}
    for kind in KINDS:
        network = new_network(kind, DATA, FRAMES)
        references = {"train": gaussian(np.eye(3)), "test": gaussian(2 * np.eye(3))}
        facts = {**PLACES.facts, "kind": kind}
        classifiers[kind] = TrainedClassifier(kind, network, references, facts)
        folder = classifier_folder(classifier_dir, kind, DATA, FRAMES)
        storage.save(classifiers[kind], folder)
    return classifier_dir, classifiers


def test_an_opened_classifier_equals_the_saved_one(saved):
    classifier_dir, classifiers = saved
    described = MotionData.from_description(DATA.describe())

    opened = open_classifiers(classifier_dir, described, FRAMES)

    assert list(opened) == list(KINDS)
    for kind, classifier in classifiers.items():
        assert opened[kind].kind == kind and opened[kind].facts == classifier.facts
        weights = zip(opened[kind].network.weights, classifier.network.weights, strict=True)
        for one, other in weights:
            np.testing.assert_array_equal(one.numpy(), other.numpy())
        for split in ("train", "test"):
            for parts in zip(
                opened[kind].references[split], classifier.references[split], strict=True
            ):
                np.testing.assert_array_equal(*parts)


def test_classifiers_belong_to_data_and_clip_length(saved):
    classifier_dir, _ = saved
    other = dataclasses.replace(DATA, mean=DATA.mean + 1)

    assert open_classifiers(classifier_dir, other, FRAMES) == {}
    assert open_classifiers(classifier_dir, DATA, FRAMES + 1) == {}
    line = how_to_train(["st_gcn"], "folder", other, 7)
    assert "--dataset=small --frames=7 --classifier_dir=folder" in line


def test_a_classifier_of_other_data_or_clip_length_is_refused(saved):
    classifier_dir, _ = saved
    folder = classifier_folder(classifier_dir, "d_v", DATA, FRAMES)
    other = dataclasses.replace(DATA, class_names=["a", "b", "c"])

    for data, frames in ((other, FRAMES), (DATA, FRAMES + 1)):
        with pytest.raises(UserError, match="would not be comparable"):
            open_classifier(folder, data, frames)


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("classifier.json", None),
        ("classifier.json", b"[1]"),
        ("classifier.json", b'{"kind": "d_v"'),
        ("references.npz", None),
        ("references.npz", b""),
        ("references.npz", b"PK\x03\x04 and no more"),
        ("weights.index", None),
        ("weights.data-00000-of-00001", b"short"),
    ],
)
def test_a_damaged_folder_is_named(saved, tmp_path, file, content):
    _, classifiers = saved
    folder = tmp_path / "damaged"
    storage.save(classifiers["st_gcn"], folder)
    (folder / file).unlink()
    if content is not None:
        (folder / file).write_bytes(content)

    with pytest.raises(UserError, match="damaged is not a complete classifier.*train it again"):
        open_classifier(folder, DATA, FRAMES)


def test_an_existing_folder_is_not_overwritten(saved, tmp_path):
    _, classifiers = saved
    folder = tmp_path / "there"
    folder.mkdir()
    (folder / "mine").touch()

    with pytest.raises(UserError, match="cannot be written to .*there"):
        storage.save(classifiers["st_gcn"], folder)

    assert list(tmp_path.iterdir()) == [folder]
    assert [path.name for path in folder.iterdir()] == ["mine"]
