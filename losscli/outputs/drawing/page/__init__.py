"""Pages for a browser: how elements stand on them (`write`), and how they look (`style`)."""
