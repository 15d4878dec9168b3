"""Systems that generate motion. SA-GCN's networks are in `paper` and `tuned`."""
