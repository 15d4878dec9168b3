"""What the systems have in common. SA-GCN's networks are in `paper` and `tuned`."""
