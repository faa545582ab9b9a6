"""Losses of the family `multiclass`: one a file; what they share is in `losscli.loss.formulas.classwise`."""
