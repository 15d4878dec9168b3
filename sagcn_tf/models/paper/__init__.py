"""The networks of preset `paper`: generator, D_V and D_F, and how they are trained."""
