"""Data in memory as inputs: frames, tables, arrays, tensors, whoever made them."""
