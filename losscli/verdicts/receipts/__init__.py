"""Receipts: what a run read and found, and its replay."""
