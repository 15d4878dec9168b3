"""Folders of evaluated runs of a table, with results that are easy to check."""

import json

from sagcn_tf.config import make_config
from sagcn_tf.reproduction.tables import Row, Table

TABLE = Table(
    "Two systems",
    (
        Row("sagcn", "SA-GCN", published={"mmd_avg": 0.146, "mmd_seq": 0.134}),
        Row("epva", "EPVA", "epva", published={"synthetic_mmd_avg": 0.9}),
    ),
)
RECOGNITION = Table("Recognition", (Row("sagcn", "SA-GCN", published={"accuracy": 0.593}),), True)


def mean(value):
    """Returns an MMD as `evaluate` writes it."""
    return {"mean": value, "std": 0.001, "draws": 5}


def recognition_scores(accuracy):
    """Returns the scores of one classifier and source of clips as `evaluate` writes them."""
    scores = {"accuracy": accuracy, "frechet_train": 3.0, "diversity": 2.0, "multimodality": 1.5}
    return {name: {"mean": score, "interval": 0.01} for name, score in scores.items()}


def results(mmd):
    """Returns the results of a checkpoint in metrics.json; those of 100 clips must be ignored."""
    scores = {"mmd_avg": mean(mmd), "mmd_seq": mean(2 * mmd)}
    other = {"mmd_avg": mean(9.0), "mmd_seq": mean(9.0)}
    sources = {"generated": 0.5, "train": 0.9, "held_out": 0.8, "test": 0.7}
    of_sources = {source: recognition_scores(accuracy) for source, accuracy in sources.items()}
    return {
        "step": 40,
        "clips_per_class": [100, 1000],
        "mmd": {"train": {"100": other, "1000": scores}, "test": {"100": other, "1000": other}},
        "reference_sets": {"white noise": {"100": other, "1000": scores}},
        "motion": {
            name: {"generated": 1.0, "train": 2.0, "test": 2.0}
            for name in ("speed", "acceleration", "diversity")
        },
        "recognition": {"classifiers": {"d_v": of_sources, "st_gcn": of_sources}},
    }


def write_run(runs_dir, seed, best, last):
    """Writes the folder of an evaluated SA-GCN run, given the MMD of both checkpoints."""
    run_dir = runs_dir / f"synthetic-sagcn-{seed}"
    make_config(seed=seed, steps=50).save(run_dir / "config.json")
    (run_dir / "history.csv").write_text("step,seconds\n10,60\n50,300\n")
    metrics = {"best": results(best), "last": results(last)}
    (run_dir / "metrics.json").write_text(json.dumps(metrics))
