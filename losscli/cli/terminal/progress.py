"""A progress bar on stderr, for a person who waits longer than a second."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Literal, TextIO

from losscli.outputs.drawing.console import looks

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress as Bar
    from rich.progress import TaskID

PATIENCE_SECONDS = 1.0


class Progress:
    """Called after every block; draws nothing off a terminal, and nothing for quick work."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._start = time.monotonic()
        self._bar: Bar | None = None
        self._task: TaskID | None = None

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def __call__(self, done: int, total: int | None, rows: int) -> None:
        """Tell how far the work is: bytes read, bytes there are (None: unknown), rows done."""
        if self._bar is None:
            if time.monotonic() - self._start < PATIENCE_SECONDS:
                return
            self._draw()
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, completed=done, total=total, rows=f"{rows:,} rows")

    def _draw(self) -> None:
        if not looks(self._stream).interactive:
            self._start = float("inf")
            return
        from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

        self._bar = Progress(
            BarColumn(),
            TextColumn("{task.percentage:>3.0f} %"),
            TextColumn("{task.fields[rows]}"),
            TimeRemainingColumn(),
            console=console(self._stream),
            transient=True,
        )
        self._bar.start()
        self._task = self._bar.add_task("", total=None, rows="")


def console(stream: TextIO) -> Console:
    """Return a rich console that writes to `stream` as `looks` decides, whatever the environment says."""
    from rich.console import Console

    shape = looks(stream)
    return Console(
        file=stream,
        force_terminal=shape.color,
        force_interactive=shape.interactive,
        no_color=not shape.color,
        color_system=_color_system(os.environ) if shape.color else None,
        width=shape.width,
        height=25,
        legacy_windows=False,
        markup=False,
        emoji=False,
        highlight=False,
        _environ={},
    )


def _color_system(environ: Mapping[str, str]) -> Literal["standard", "256", "truecolor"]:
    if environ.get("COLORTERM", "").lower() in ("truecolor", "24bit"):
        return "truecolor"
    return "256" if "256color" in environ.get("TERM", "") else "standard"
