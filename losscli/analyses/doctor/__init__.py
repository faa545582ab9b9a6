"""Inputs that lie: checks, each of which knows one lie, its mark in the samples, and what mends it."""
