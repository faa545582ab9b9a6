"""What a page of each report holds."""
