"""Networks of presets `tuned` and `small` and their training."""
