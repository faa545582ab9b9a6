"""Options that commands share, and what becomes of them."""
