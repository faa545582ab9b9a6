"""Rows of two inputs paired, and made blocks of."""
