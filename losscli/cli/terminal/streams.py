"""The standard streams, so prepared that no failure of theirs is lost or makes noise."""

from __future__ import annotations

import io
import os
import sys
from contextlib import suppress

from losscli.common.errors import OutputError
from losscli.common.files import ReaderGone, Sink


def prepare() -> None:
    """Make stdout raise OutputError and ReaderGone, and never UnicodeEncodeError.

    A stream that whoever started us closed (`>&-`) gets its descriptor back, else the next file
    opened would become our stdout. What is then written to stdout fails, as it should.
    Streams that somebody replaced, such as a test, are left alone.
    """
    _occupy_closed_descriptors()
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123 - lives as long as we do
    if sys.stdout is None:
        # Open for reading alone: every write to it fails as it would on a closed descriptor.
        sys.stdout = _writer(os.open(os.devnull, os.O_RDONLY), "utf-8")
    elif sys.__stdout__ is not None and sys.stdout is sys.__stdout__:
        sys.__stdout__.flush()
        sys.stdout = _writer(sys.__stdout__.fileno(), sys.__stdout__.encoding)


def settle() -> None:
    """Send what could not be written nowhere, so that Python's own flush at exit succeeds.

    That flush would otherwise print "Exception ignored" and turn the exit status into 120.
    """
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError, ReaderGone, OutputError):
            with suppress(OSError, ValueError):
                nowhere = os.open(os.devnull, os.O_WRONLY)
                os.dup2(nowhere, stream.fileno())
                os.close(nowhere)
                stream.flush()


def complain(line: str) -> None:
    """Write a line to stderr; if even that fails, the exit status has to say it all."""
    with suppress(OSError, ValueError):
        sys.stderr.write(line + "\n")
        sys.stderr.flush()


def _occupy_closed_descriptors() -> None:
    for descriptor, stream in ((0, sys.stdin), (1, sys.stdout), (2, sys.stderr)):
        if stream is None:
            try:
                os.fstat(descriptor)
            except OSError:
                # The lowest free number is given out, which is this one. Neither can stdin be
                # read nor stdout be written then: both were closed on purpose.
                os.open(os.devnull, os.O_RDONLY if descriptor else os.O_WRONLY)


def _writer(descriptor: int, encoding: str) -> io.TextIOWrapper:
    sink = Sink(descriptor, "stdout", closefd=False)
    return io.TextIOWrapper(
        io.BufferedWriter(sink, 1 << 16),
        encoding=encoding,
        errors="backslashreplace",
        line_buffering=sink.isatty(),
    )
