"""The loss held against its contract: clauses, samples of its domains, facts, counter-examples made small."""
