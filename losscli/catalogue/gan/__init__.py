"""Losses of the family `gan`: one a file; what they share is in `losscli.loss.formulas.gan`."""
