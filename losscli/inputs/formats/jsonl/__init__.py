"""JSON Lines, and JSON arrays of objects."""
