"""The networks of presets `tuned` and `small`, and how they are trained."""
