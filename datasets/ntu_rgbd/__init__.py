"""NTU RGB+D: ten actions of forty people, seen by three depth sensors at once."""
