"""Starts the program: `python -m losscli`, and the script `losscli`."""

from __future__ import annotations

import _thread
import gc
import os
import signal
import sys
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sys import UnraisableHookArgs


def main() -> int:
    """Run losscli with the arguments of the process and return its exit status."""
    sys.unraisablehook = _not_lost
    try:
        from losscli.common.processes import arrange_own_process

        arrange_own_process()
        from losscli.cli.main import main as run

        status = run()
        # Python would look through all that is imported once more on its way out: a third of a short run.
        gc.freeze()
    except KeyboardInterrupt:
        # So early that nothing has been said or written yet, or so late that all has been.
        return 130
    if threading.current_thread() is threading.main_thread():
        # The run is over and its status is known; Python must not be interrupted on its way out.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    if status > 1 and any(
        thread is not threading.main_thread() and not thread.daemon for thread in threading.enumerate()
    ):
        # A thread may be waiting for a FIFO that nobody will ever write to; Python would wait for it.
        os._exit(status)
    return status


def _not_lost(unraisable: UnraisableHookArgs) -> None:
    """Interrupt once more where an interruption met code that cannot raise, such as a part of an import."""
    if unraisable.exc_type is KeyboardInterrupt:
        _thread.interrupt_main()
    else:
        sys.__unraisablehook__(unraisable)


if __name__ == "__main__":
    sys.exit(main())
