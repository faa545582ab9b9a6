"""The compiled scanner, where it was built: rows of plain text to columns in one pass."""

from __future__ import annotations

import os
from pathlib import Path
from types import ModuleType

from losscli.common.text import visible

scan: ModuleType | None = None
"""The extension module, None where it is not in use."""
why_not = ""
"""Why it is not in use, in the words of messages; empty where it is."""


def _outdated(module: ModuleType) -> bool:
    """Whether a source beside it, which a checkout alone has, was changed since it was built."""
    built = Path(str(module.__file__))
    sources = [one for one in built.parent.iterdir() if one.suffix in (".pyx", ".pxd", ".hpp")]
    return any(one.stat().st_mtime_ns > built.stat().st_mtime_ns for one in sources)


if os.environ.get("LOSSCLI_PURE", "") not in ("", "0"):
    why_not = "LOSSCLI_PURE is set"
else:
    try:
        import losscli.inputs.formats.csv.scanner._scan as _scan
    except ModuleNotFoundError:
        why_not = "it was not built"
    except ImportError as error:
        why_not = f"it cannot be loaded: {visible(str(error))}"
    else:
        if _outdated(_scan):
            why_not = "it is older than its source; build it again"
        else:
            scan = _scan
