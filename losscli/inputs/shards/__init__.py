"""Several files as one input: a folder or a glob."""
