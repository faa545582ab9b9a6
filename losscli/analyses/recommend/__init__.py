"""Which loss suits the data: from labels and predictions to evidence, by rules to a ranking."""
