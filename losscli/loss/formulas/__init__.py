"""What several losses share: formulas, domains, parameters, and a declaration with all that filled in."""
