"""Gates: their text, their judgement, and the baseline that they compare with."""
