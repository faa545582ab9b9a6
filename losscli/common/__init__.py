"""What everything rests on: errors, text made safe, JSON, files written whole, processes."""
