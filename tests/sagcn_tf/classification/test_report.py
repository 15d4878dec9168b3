from sagcn_tf.classification.report import format_recognition


def row(accuracy, recall):
    names = ("frechet_train", "frechet_test", "diversity", "multimodality")
    scores = {name: {"mean": float(n), "interval": 0.5} for n, name in enumerate(names)}
    return {"accuracy": {"mean": accuracy, "interval": 0.012}, "recall": recall, **scores}


RESULTS = {
    "class_names": ["waving", "bowing"],
    "clips_per_class": 50,
    "seeds": 20,
    "classifiers": {
        "d_v": {"generated": row(0.4, [0.3, 0.5]), "test": row(0.5, [0.9, 0.1])},
        "st_gcn": {"generated": row(0.6, [0.6, 0.6]), "test": row(0.7, [0.7, 0.7])},
    },
}


def cells():
    lines = [line for line in format_recognition(RESULTS).splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_each_classifier_scores_generated_and_real_clips():
    lines = cells()
    header, rule, *rows = lines[:6]

    assert header[:3] == ["classifier", "clips", "accuracy"]
    assert [line[:3] for line in rows] == [
        ["D_V", "generated", "0.400 ± 0.012"],
        ["D_V", "test subjects", "0.500 ± 0.012"],
        ["ST-GCN", "generated", "0.600 ± 0.012"],
        ["ST-GCN", "test subjects", "0.700 ± 0.012"],
    ]
    (last,) = (number for number, line in enumerate(lines) if line[-1] == "multimodality")
    assert lines[last + 2][-1] == "3.000 ± 0.500"


def test_the_last_tables_have_the_recall_of_each_class():
    lines = cells()
    first = next(number for number, line in enumerate(lines) if line[0] == "class")
    columns = [[], [], [], []]
    for number, line in enumerate(lines[first:]):
        columns[number % 4] += line[1:]

    assert columns[0] == [
        *("D_V: generated", "D_V: test subjects"),
        *("ST-GCN: generated", "ST-GCN: test subjects"),
    ]
    assert columns[2] == ["0.30", "0.90", "0.60", "0.70"]
    assert columns[3] == ["0.50", "0.10", "0.60", "0.70"]


def test_tables_fit_a_terminal():
    for line in format_recognition(RESULTS).splitlines():
        assert len(line) <= 80


def test_the_text_has_the_number_of_clips():
    assert "95% interval over 20 sets of 50 clips per class" in format_recognition(RESULTS)
