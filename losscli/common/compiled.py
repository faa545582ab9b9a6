"""Extension modules, where they were built: something in Python stands in for each."""

from __future__ import annotations

import importlib
import os
from pathlib import Path
from types import ModuleType

from losscli.common.text import visible


def load(name: str) -> tuple[ModuleType | None, str]:
    """Return an extension module, None where it is not in use; and why it is not, empty where it is.

    Args:
        name: its full name.
    """
    if os.environ.get("LOSSCLI_PURE", "") not in ("", "0"):
        return None, "LOSSCLI_PURE is set"
    try:
        module = importlib.import_module(name)
    except ModuleNotFoundError:
        return None, "it was not built"
    except ImportError as error:
        return None, f"it cannot be loaded: {visible(str(error))}"
    if _outdated(Path(str(module.__file__))):
        return None, "it is older than its source; build it again"
    return module, ""


def _outdated(built: Path) -> bool:
    """Whether a source beside it, which a checkout alone has, was changed since it was built."""
    sources = [one for one in built.parent.iterdir() if one.suffix in (".pyx", ".pxd", ".hpp")]
    return any(one.stat().st_mtime_ns > built.stat().st_mtime_ns for one in sources)
