"""Networks of presets `paper` and `authors`, and their training: generator, D_V and D_F."""
