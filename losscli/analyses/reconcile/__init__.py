"""Numbers that do not agree: which convention, or lie of the inputs, gives the one that was reported."""
