"""Networks of preset `paper` and their training: generator, D_V and D_F."""
