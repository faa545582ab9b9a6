"""From a path, a frame or an array to blocks of aligned samples."""
