"""Delimited text: bytes to pieces of whole rows, to fields, to columns."""
