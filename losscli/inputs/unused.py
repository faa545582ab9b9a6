"""Options about text or folders, refused where no input is any."""

from __future__ import annotations

from losscli.common.errors import UsageError
from losscli.common.options import TEXT
from losscli.inputs.header import UNKNOWN
from losscli.inputs.request import Request
from losscli.inputs.source import Source


def refuse_unused(request: Request, left: Source, right: Source) -> None:
    """Raise UsageError for what is said about separated text, or about folders, where no input is any."""
    if not (left.separated or right.separated):
        for option in TEXT:
            if getattr(request, option) not in (None, getattr(UNKNOWN, option)):
                raise UsageError(f"--{option}", f"{left.name} is not text with separators", "CSV")
    keys = any(shard.keys for one in (left, right) for shard in one.files)
    if (request.hive or request.label_hive) and not keys:
        raise UsageError("--hive", f"{left.name} has no folders called key=value", "such folders")
