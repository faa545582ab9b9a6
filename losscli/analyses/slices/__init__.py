"""Which samples are worse than the rest: slices, found in one half of the samples, tested in the other."""
