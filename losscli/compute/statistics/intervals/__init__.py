"""How sure a figure is: formulas that take sufficient statistics, and know no rows.

`tail` is the error probability beyond each end, wherever it stands: α/2 for a two-sided interval of level 1
− α, α for one-sided bounds.
"""
