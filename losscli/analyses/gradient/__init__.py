"""`gradient`: the derivative of each loss, or of its cost, by each prediction."""
