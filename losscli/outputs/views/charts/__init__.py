"""Charts of reports: each a figure with what is to be seen in it, in words, and its numbers."""
