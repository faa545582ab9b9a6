"""Which column is the prediction, the label, the id, the weight, the group."""
