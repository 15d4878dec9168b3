"""The folder `pretrained`: small, whole, and made of nothing that runs code when it is read."""

import json

import numpy as np

import sagcn_tf
from sagcn_tf.seal import NAME, check_seal
from tests.build_file import ROOT

FOLDER = ROOT / "pretrained"


def test_it_is_small_and_its_hashes_cover_all_but_the_model_card():
    files = {path.relative_to(FOLDER).as_posix(): path for path in FOLDER.rglob("*")}
    files = {name: path for name, path in files.items() if path.is_file()}
    listed = {line.partition("  ")[2] for line in (FOLDER / NAME).read_text().splitlines()}

    check_seal(FOLDER)
    assert set(files) == listed | {NAME, "README.md"}
    assert sum(path.stat().st_size for path in files.values()) < 4_000_000


def test_it_generates_people_in_motion():
    run = sagcn_tf.load_run(FOLDER)
    motion = run.generate("walking", count=2, seed=0)
    speed = np.linalg.norm(np.diff(motion, axis=1), axis=-1).mean()

    assert run.data.dataset == "synthetic"
    assert 0.5 < speed < 10  # pixels per frame; real clips move 1 to 6


def test_the_model_card_has_the_scores_of_the_metrics():
    measured = json.loads((FOLDER / "metrics.json").read_text())["best"]
    card = (FOLDER / "README.md").read_text()

    for split in ("train", "test"):
        for score in measured["mmd"][split]["100"].values():
            assert "{mean:.3f} ± {std:.3f}".format(**score).replace("0.", ".") in card
    for values in list(measured["motion"].values())[:4]:
        assert f"{values['generated'] / values['train']:.2f}".removeprefix("0") in card
