"""The scores of a study as text."""

from sagcn_tf.human_study.scores import MAX_DIFFERENCE, MIN_REAL
from sagcn_tf.markdown import table

NOT_COLLECTED = "not collected"
SIMULATED = "SIMULATED: these ratings come from a program, not from people. They are not results."


def format_scores(scores):
    """Formats the result of `study_scores` as Markdown."""
    if not scores["raters"]:
        return NOT_COLLECTED
    rows = [
        [
            name,
            f"{score['mean']:.3f}",
            interval(score),
            *(str(score[column]) for column in ("ratings", "clips", "raters")),
        ]
        for name, score in scores["systems"].items()
    ]
    header = ["system", "mean, 1 to 5", "95% interval", "ratings", "clips", "raters"]
    alpha = scores["agreement"]
    agreement = "not defined" if alpha is None else f"{alpha:.3f}"
    raters = [
        [
            rater["rater"],
            str(rater["ratings"]),
            *(_number(rater[column]) for column in ("difference", "real")),
            "yes" if rater["passed"] else "no",
        ]
        for rater in scores["raters"]
    ]
    checks = ["rater", "ratings", "difference of repeats", "mean of real clips", "counted"]
    parts = [
        *([SIMULATED] if scores["simulated"] else []),
        table(header, rows),
        f"Agreement of raters (Krippendorff's alpha, ordinal): {agreement}",
        table(checks, raters),
        f"Not counted: raters whose ratings of the same clip differ by more than {MAX_DIFFERENCE} "
        f"on average, or whose mean for real clips is below {MIN_REAL}.",
    ]
    return "\n\n".join(parts)


def interval(score):
    """Formats the 95% interval of a system."""
    return "-" if score["low"] is None else f"{score['low']:.2f} to {score['high']:.2f}"


def _number(value):
    return "-" if value is None else f"{value:.2f}"
