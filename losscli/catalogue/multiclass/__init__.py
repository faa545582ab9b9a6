"""Losses of the family `multiclass`: one a file."""
