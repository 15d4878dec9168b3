"""Motion files of the user, in a folder with one subfolder per action."""
