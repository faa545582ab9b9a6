"""Pages for a browser of reports other than that of an evaluation."""
