"""What pages for people are made of, and how they are drawn."""
