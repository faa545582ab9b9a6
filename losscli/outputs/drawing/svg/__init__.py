"""Charts as SVG: what is drawn (`marks`), where axes have ticks, and the text of it (`write`)."""
