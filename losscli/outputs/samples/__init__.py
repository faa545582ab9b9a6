"""Every sample, streamed to a file."""
