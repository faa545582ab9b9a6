"""The command line: a file or a folder a command; nothing is computed here."""
