"""Losses of the family `binary`: one a file; what they share is in `losscli.loss.formulas.binary`."""
