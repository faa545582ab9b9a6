"""The readers of delimited text, to be chosen by tests."""

import pytest

from losscli.inputs.formats.csv import numbers, scanner

BUILT = scanner.scan
"""The compiled scanner, None where it was not built."""
READERS = [
    pytest.param("compiled", marks=pytest.mark.skipif(BUILT is None, reason="it was not built")),
    "pandas",
    "cells",
]


def use(reader, patch):
    """Let text be read by one of the readers, whatever its size, as long as `patch` holds."""
    patch.setattr(scanner, "scan", BUILT if reader == "compiled" else None)
    if reader != "compiled":
        patch.setattr(numbers, "is_small", lambda _total: reader == "cells")
