"""From a request to the gradients of its losses: `run` does it, what it is made of has underscores."""
