"""The style sheet of pages: the file beside this one, without its comment."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path


@cache
def style() -> str:
    """Return the style sheet as it stands in a page."""
    text = (Path(__file__).parent / "style.css").read_text(encoding="utf-8")
    return re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL).strip()
