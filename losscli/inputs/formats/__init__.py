"""What can be read: a file a format."""
