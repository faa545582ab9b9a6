"""Reports to text: a file a format."""
