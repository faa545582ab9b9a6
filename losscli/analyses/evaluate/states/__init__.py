"""States of evaluations: what a run knows of its rows, kept so that it can be merged with other runs."""
