"""A report held against gates, a baseline or a receipt."""
