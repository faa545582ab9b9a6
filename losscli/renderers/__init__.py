"""From a report to text: one format a file."""
