"""The readers of delimited text, to be chosen by tests."""

import pytest

from losscli.inputs.formats.csv import scanner

BUILT = scanner.scan
"""The compiled scanner, None where it was not built."""
READERS = [
    pytest.param("compiled", marks=pytest.mark.skipif(BUILT is None, reason="it was not built")),
    "pandas",
]


def use(reader, patch):
    """Let text be read by one of the readers, as long as `patch` holds."""
    patch.setattr(scanner, "scan", BUILT if reader == "compiled" else None)
