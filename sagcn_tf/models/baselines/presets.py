"""Presets of the compared systems, whose networks are sized by their own files."""

ADAM = {"beta_1": 0.9, "beta_2": 0.999}
_SHORT = {"evaluate_every": 200, "clips_per_class": 100}


def with_small(paper, **small):
    """Returns a system's presets: `paper`, as published, and `small`, for the synthetic data.

    Args:
        paper: values of `Config` that differ from its defaults.
        **small: values of the preset `small` that differ from those.
    """
    return {"paper": paper, "small": {**paper, **_SHORT, **small}}
