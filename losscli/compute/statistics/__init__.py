"""Statistics as monoids: `empty`, `of` a block, `merge`, `read`; one a file."""
