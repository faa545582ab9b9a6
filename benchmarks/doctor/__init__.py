"""Honest models of real data sets, faults put into what they predict, and what `losscli doctor` says."""
