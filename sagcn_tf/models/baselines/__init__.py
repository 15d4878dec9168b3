"""The systems that the paper compares SA-GCN with."""
