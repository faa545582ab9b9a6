"""Losses of the family `vector`: one a file."""
