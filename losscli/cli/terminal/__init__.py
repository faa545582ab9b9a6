"""Streams, progress, completion, and what a log is told."""
