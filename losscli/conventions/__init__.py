"""What other libraries make of the same predictions: a file of data per library, and what it means."""
