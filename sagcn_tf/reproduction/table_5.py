"""Table 5: ratings by people, beside those of the paper."""

import csv
import pathlib

from sagcn_tf.files import atomic_write, write_json
from sagcn_tf.human_study.report import NOT_COLLECTED, SIMULATED, interval
from sagcn_tf.human_study.run import score_study
from sagcn_tf.markdown import table

TITLE = "Ratings by people, 1 to 5"
# Model -> name in the table and mean in the paper.
_PUBLISHED = {
    "skeleton_vae": ("SkeletonVAE", 2.401),
    "skeleton_gan": ("SkeletonGAN", 2.731),
    "c_skeleton_gan": ("c-SkeletonGAN", 3.157),
    "sagcn": ("SA-GCN", 3.925),
}
_COLUMNS = ("key", "title", "paper", "mean", "low", "high", "ratings", "clips", "raters")


def write_table_5(study_dir, folder):
    """Scores a study and writes it beside the paper's results.

    Args:
        study_dir: folder of a study. None: no ratings were collected.
        folder: folder of the table.

    Returns:
        List of the paths of `table5.md`, `table5.csv` and `table5.json`, the last two with
        `simulated`, which is true if the ratings do not come from people.

    Raises:
        UserError: if the folder has no study, or a file is damaged.
    """
    study, scores = score_study(study_dir) if study_dir else (None, {"systems": {}})
    simulated, collected = bool(scores.get("simulated")), scores["systems"]
    rows = _rows(study.systems if study else [], collected)
    notes = [] if collected else [f"Ratings: {NOT_COLLECTED}."]
    if collected:
        alpha = scores["agreement"]
        notes.append(
            f"{study.dataset}; 95% intervals over raters and clips. Agreement of raters "
            f"(Krippendorff's alpha): {'not defined' if alpha is None else f'{alpha:.3f}'}."
        )
    if simulated and collected:
        notes.insert(0, SIMULATED)
    paths = [pathlib.Path(folder) / f"table5.{suffix}" for suffix in ("md", "csv", "json")]
    with atomic_write(paths[0]) as temporary:
        temporary.write_text(
            f"## {TITLE}\n\n{_markdown(rows, simulated)}\n\n" + "\n".join(notes) + "\n"
        )
    with atomic_write(paths[1]) as temporary, open(temporary, "w", newline="") as file:
        writer = csv.DictWriter(file, [*_COLUMNS, "simulated"], lineterminator="\n")
        writer.writeheader()
        writer.writerows({**row, "simulated": simulated} for row in rows)
    write_json(paths[2], {"title": TITLE, "simulated": simulated, "about": notes, "rows": rows})
    return paths


def _rows(systems, scores):
    """Returns a dict per row: the paper's systems, the other systems of the study, real clips."""
    rows = []
    for model, (title, paper) in _PUBLISHED.items():
        own = [system["key"] for system in systems if system["model"] == model] or [None]
        rows += [_row(key, title, scores, paper) for key in own]
    others = [system["key"] for system in systems if system["model"] not in _PUBLISHED]
    rows += [_row(key, key, scores) for key in others]
    return [*rows, _row("real", "real clips", scores)]


def _row(key, title, scores, paper=None):
    return {"key": key, "title": title, "paper": paper, **scores.get(key, {})}


def _markdown(rows, simulated):
    name = "mean, SIMULATED" if simulated else "mean"
    header = ["system", "run", "paper", name, "95% interval", "ratings", "clips", "raters"]
    lines = []
    for row in rows:
        measured = [NOT_COLLECTED, "-", "-", "-", "-"]
        if "mean" in row:
            counts = [str(row[column]) for column in ("ratings", "clips", "raters")]
            measured = [f"{row['mean']:.3f}", interval(row), *counts]
        paper = "-" if row["paper"] is None else f"{row['paper']:.3f}"
        lines.append([row["title"], row["key"] or "-", paper, *measured])
    return table(header, lines)
