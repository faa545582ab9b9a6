"""States as text: what is known after some rows, exactly, so that another process can go on from it."""
