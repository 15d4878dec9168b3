import csv

import numpy as np
import pytest
from PIL import Image

from sagcn_tf.errors import UserError
from sagcn_tf.reproduction.figures import TITLES, mixtures, run, trajectories
from sagcn_tf.reproduction.figures import source as source_module
from sagcn_tf.reproduction.figures.source import FigureSource
from tests.small_data import CLASS_NAMES, FRAMES, SKELETON, small_data
from tests.small_export import small_model, small_run


@pytest.fixture(autouse=True)
def real_data(monkeypatch):
    monkeypatch.setattr(source_module, "load_as_trained", lambda *arguments: small_data())


@pytest.fixture(scope="module")
def source():
    return FigureSource(small_run(), "best", "data", None)


def rows(picture):
    return [dict(zip(picture.columns, row, strict=True)) for row in picture.rows]


def test_every_figure_has_a_title_for_the_command_line():
    assert list(run._DRAW) == list(TITLES)


def test_a_figure_is_written_as_pictures_and_numbers(tmp_path, monkeypatch, source):
    monkeypatch.setattr(run, "FigureSource", lambda *arguments: source)

    paths = run.reproduce_figure("6", tmp_path, "best", [CLASS_NAMES[1]], "data", None)

    assert [path.relative_to(tmp_path).as_posix() for path in paths] == [
        "figures/figure_6.png",
        "figures/figure_6.svg",
        "figures/figure_6.csv",
    ]
    with Image.open(paths[0]) as picture:
        assert picture.size[0] > 300
    assert paths[1].read_text().lstrip().startswith("<?xml")
    with open(paths[2], newline="") as file:
        lines = list(csv.DictReader(file))
    assert [line["clip"] for line in lines] == ["generated"] * FRAMES + ["real"] * FRAMES
    expected = source.run.generate(CLASS_NAMES[1])[0, 3, 2]  # frame 3, head
    written = [float(lines[3][f"head_{axis}"]) for axis in "xy"]
    np.testing.assert_allclose(written, expected, rtol=1e-4)


def test_figure_4_has_the_attention_of_the_clip(source):
    pictures = run._DRAW["4"](source, [CLASS_NAMES[2]])

    label = np.eye(3, dtype=np.float32)[[2]]
    attended = small_model().attend(label, np.zeros(1, np.int32))
    attention, kept = (np.asarray(attended[name])[0] for name in ("attention", "kept"))
    last = rows(pictures["figure_4"])
    np.testing.assert_allclose([row["attention"] for row in last], attention[-1], rtol=1e-5)
    assert {row["attended_frame"] for row in last if row["kept"]} == set(kept[-1].tolist())
    assert len(pictures["figure_4_map"].rows) == FRAMES * (FRAMES + 1) // 2


def test_figure_5_has_the_shares_of_the_nodes(source):
    shares = rows(run._DRAW["5"](source, None)["figure_5"])

    for number in (1, 2):
        own = [row for row in shares if row["graph_convolutions"] == number]
        assert sum(row["share"] for row in own) == pytest.approx(1.0)
    in_frame = {
        row["joint"] for row in shares if row["graph_convolutions"] == 1 and row["frame"] == 7
    }
    neighbors = {SKELETON.joints[n] for n in np.flatnonzero(SKELETON.adjacency()[1])}
    assert in_frame == neighbors


def test_figures_4_and_5_say_that_a_run_has_no_attention_graph(source, monkeypatch):
    monkeypatch.setattr(type(source.run.model), "attends", False)

    with pytest.raises(UserError, match="show the graph that attention makes .* none .sagcn"):
        run._DRAW["4"](source, None)


def test_strips_show_the_same_number_of_generated_and_real_clips(source):
    strips = run._DRAW["7"](source, CLASS_NAMES[:2])["figure_7"]
    pages = run._DRAW["gallery"](source, None)

    clips = {(row["class"], row["clip"]): 0 for row in rows(strips)}
    ends = [f"{kind} {number}" for kind in ("seed", "real") for number in range(3)]
    assert list(clips) == [
        *((f"{CLASS_NAMES[0]}, λ = 1", clip) for clip in ends),
        *(("λ = 0.5", f"seed {number}") for number in range(3)),
        *((f"{CLASS_NAMES[1]}, λ = 0", clip) for clip in ends),
    ]
    assert list(pages) == [f"gallery_{name}" for name in CLASS_NAMES]
    assert len(pages["gallery_bowing"].rows) == 6 * FRAMES


def test_figure_8_mixes_every_pair(source, monkeypatch):
    asked = []
    generate = source.run.generate
    monkeypatch.setattr(
        source.run,
        "generate",
        lambda action, *rest: asked.append(action) or generate(action, *rest),
    )

    pictures = mixtures.figure_8(source, ["stepping", "waving"], clips=4)

    pairs = rows(pictures["figure_8_pairs"])
    assert {(row["first"], row["second"]) for row in pairs} == {
        ("waving", "bowing"),
        ("waving", "stepping"),
        ("bowing", "stepping"),
    }
    assert all(-1 <= row["rank_correlation"] <= 1 for row in pairs)
    shares = [action["stepping"] for action in asked if set(action) == {"stepping", "waving"}]
    np.testing.assert_allclose(sorted(set(np.round(shares, 6))), np.arange(0.1, 0.95, 0.1))
    clips = rows(pictures["figure_8"])
    assert len(clips) == 2 * 11 * 4


def test_figure_8_needs_two_classes(source):
    with pytest.raises(UserError, match="mix two different classes, received: bowing"):
        mixtures.pair_of(source, ["bowing"])


def test_figure_9_lays_real_paths_beside_generated_ones(source):
    pictures = trajectories.figure_9(source, None, clips=4)

    points = rows(pictures["figure_9"])
    assert len(points) == 2 * 3 * FRAMES
    distances = rows(pictures["figure_9_distances"])
    assert [(row["first"], row["second"]) for row in distances] == [
        ("waving", "bowing"),
        ("waving", "stepping"),
        ("bowing", "stepping"),
    ]
    generated = small_data().standardize(source.generated(CLASS_NAMES, 4)).mean(axis=1)
    expected = np.linalg.norm(generated[0] - generated[1])
    assert distances[0]["generated"] == pytest.approx(expected, rel=1e-4)


def test_other_data_are_refused(source, monkeypatch):
    monkeypatch.setattr(source_module, "load_as_trained", lambda *arguments: small_data(3))

    with pytest.raises(UserError, match="contains different data than the run was trained on"):
        FigureSource(small_run(), "best", "data", None).real(CLASS_NAMES, 1)
