"""Losses of the family `binary`: one a file."""
