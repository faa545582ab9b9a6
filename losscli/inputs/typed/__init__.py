"""Cells that have a type already, to the arrays of chunks: as strictly as text is read."""
