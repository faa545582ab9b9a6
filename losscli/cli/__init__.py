"""The command line: one command a file; nothing is computed here."""
