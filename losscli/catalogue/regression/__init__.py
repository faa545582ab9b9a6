"""Losses of the family `regression`: one a file."""
