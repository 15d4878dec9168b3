"""What people look at: film strips, animations, attention maps and training curves."""
