"""The commands: a file or a folder each, found by its name."""
