"""Losses of the family `vector`: one a file; what they share is in `losscli.loss.formulas.boxwise`."""
