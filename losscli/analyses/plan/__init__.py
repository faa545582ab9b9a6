"""How many rows a gate needs: the report, and its document."""
