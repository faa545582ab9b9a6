"""What Python gets: reports and losses that show themselves, and data frames."""
