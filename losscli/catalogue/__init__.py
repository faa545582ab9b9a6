"""Every loss there is: a folder a family, a file a loss."""
