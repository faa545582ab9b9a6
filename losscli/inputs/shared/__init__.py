"""A file that several readers share."""
