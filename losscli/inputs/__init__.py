"""Paths, frames and arrays to blocks of samples: `formats/` reads, `columns/` finds, `pairing/` joins."""
