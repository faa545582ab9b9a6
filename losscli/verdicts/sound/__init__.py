"""Gates with a confidence: pass and fail only where the data say so, else undecided."""
