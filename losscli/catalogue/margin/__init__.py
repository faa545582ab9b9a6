"""Losses of the family `margin`: one a file; what they share is in `losscli.loss.formulas.margin`."""
