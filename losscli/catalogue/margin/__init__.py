"""Losses of the family `margin`: one a file."""
