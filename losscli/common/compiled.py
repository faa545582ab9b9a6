"""Extension modules, where they were built: something in Python stands in for each."""

from __future__ import annotations

import importlib
import os
from binascii import crc32
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
    if _outdated(module):
        return None, "its source has changed since; build it again"
    return module, ""


def _outdated(module: ModuleType) -> bool:
    """Whether a source beside it, which a checkout alone has, is not the one that it was built of."""
    sources = sources_of(Path(str(module.__file__)).parent)
    return bool(sources) and checksum(sources) != getattr(module, "SOURCES", None)


def sources_of(folder: Path) -> list[Path]:
    """Return what an extension module in a folder is built of."""
    return sorted(one for one in folder.iterdir() if one.suffix in (".pyx", ".pxd", ".hpp"))


def checksum(sources: list[Path]) -> int:
    """Return the CRC-32 of sources, which a build leaves in the module."""
    return crc32(b"".join(one.read_bytes() for one in sources))
