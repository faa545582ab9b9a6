"""The catalogue: a folder for each family, a file for each loss."""
