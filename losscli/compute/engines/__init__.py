"""Who runs the fold over the blocks."""
