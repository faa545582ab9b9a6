"""Losses of the family `gan`: one a file."""
