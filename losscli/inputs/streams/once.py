"""What can be read once, and is named twice."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path
from typing import Any

from losscli.common.errors import UsageError

_EITHER = "Write one of them to a file; or leave LABELS out, if one input has both columns."


def refuse_one_pipe(
    predictions: Any, labels: Any, where: str = "PREDICTIONS LABELS", remedy: str = _EITHER
) -> None:
    """Refuse a pipe as both inputs: each would get a part of it, or wait for ever.

    Two names are one pipe where they have the same device and inode. A message names both as `where`.
    """
    status = [_status(data) for data in (predictions, labels)]
    first, second = status
    if first is None or second is None or stat.S_ISREG(first.st_mode) or stat.S_ISDIR(first.st_mode):
        return
    if (first.st_dev, first.st_ino) == (second.st_dev, second.st_ino):
        raise UsageError(
            where,
            "both are the same pipe, which can be read only once",
            "two inputs",
            remedy,
        )


def _status(data: Any) -> os.stat_result | None:
    """Return what a path is; None for data in memory, and where opening it will say what is wrong."""
    if not isinstance(data, (str, os.PathLike)):
        return None
    try:
        return os.fstat(sys.stdin.fileno()) if os.fspath(data) == "-" else Path(data).stat()
    except (OSError, ValueError, AttributeError):
        return None
