"""Says how wrong a model is."""

__version__ = "0.1.0"
