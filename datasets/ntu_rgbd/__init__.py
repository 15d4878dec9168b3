"""NTU RGB+D: ten actions by forty people, recorded by three depth sensors at once."""
