"""The program as a user runs it: a process of its own, exit status, stdout and stderr."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from helpers.documents import UNWANTED

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "sample_data"


def losscli(*arguments: object, cwd: Path, **more: Any) -> subprocess.CompletedProcess[str]:
    """Run `losscli ARGUMENTS` in a folder."""
    environ = {name: value for name, value in os.environ.items() if name not in UNWANTED}
    environ |= more.pop("environ", {})
    call = [sys.executable, "-m", "losscli", *map(str, arguments)]
    return subprocess.run(
        call, capture_output=True, text=True, cwd=cwd, env=environ, timeout=120, check=False, **more
    )
