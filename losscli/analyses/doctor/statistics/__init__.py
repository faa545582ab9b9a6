"""What several checks look at: statistics of all samples that merge, each seen once."""
