"""The compiled scanner, where it was built: rows of plain text to columns in one pass."""

from __future__ import annotations

import os
from types import ModuleType

scan: ModuleType | None = None
"""The extension module, None where it is not in use."""
why_not = ""
"""Why it is not in use, in the words of messages; empty where it is."""

if os.environ.get("LOSSCLI_PURE", "") not in ("", "0"):
    why_not = "LOSSCLI_PURE is set"
else:
    try:
        from losscli.inputs.formats.csv.scanner import _scan as scan
    except ImportError:
        why_not = "it was not built"
