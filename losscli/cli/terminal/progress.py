"""A progress bar on stderr, for a person who waits longer than a second."""

from __future__ import annotations

import time
from types import TracebackType
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
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
        from losscli.outputs.drawing.console import console, looks

        if not looks(self._stream).interactive:
            self._start = float("inf")
            return
        from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

        self._bar = Progress(
            BarColumn(),
            TextColumn("{task.percentage:>3.0f} %"),
            TextColumn("{task.fields[rows]}"),
            TimeRemainingColumn(),
            console=console(stream=self._stream),
            transient=True,
        )
        self._bar.start()
        self._task = self._bar.add_task("", total=None, rows="")
