"""What tests share: the program as a user runs it, documents, samples, strategies."""
