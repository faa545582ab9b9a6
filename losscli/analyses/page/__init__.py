"""What a page shows beyond the figures of a report: counts and a sample of the rows, of the same pass."""
