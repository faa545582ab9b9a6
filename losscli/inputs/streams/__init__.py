"""A path to bytes: opened, decompressed, watched, counted."""
