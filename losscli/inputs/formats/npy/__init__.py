"""Arrays as NumPy saves them: one array in a file."""
