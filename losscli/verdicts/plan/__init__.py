"""Planning: how many rows a gate needs, before they are labelled."""
