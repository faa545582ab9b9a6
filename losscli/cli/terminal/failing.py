"""What the log of a job says when a gate did not pass: which, by how much, why, and how to repeat it."""

from __future__ import annotations

import os
import stat
import sys

from losscli.analyses.evaluate.report import Checked
from losscli.analyses.report import Sample
from losscli.cli.terminal import messages

MOST_GATES = 20
MOST_EXPLAINED = 3
"""How many gates are told, and of how many the worst samples: all of it fits on a screen."""


def tell(check: Checked, *, on_page: bool) -> None:
    """Write to stderr which gates did not pass, the worst samples behind them, and the command.

    Args:
        check: what was found.
        on_page: whether the page that goes to stdout shows gates and samples itself; if whoever
            reads stderr sees that page too, only the command is left to say.
    """
    from losscli.outputs.views.failures import behind, describe, failure, not_passed

    failing = not_passed(check)
    if not failing:
        return
    if not (on_page and _in_the_same_place()):
        told: list[tuple[Sample, ...]] = []
        for gate in failing[:MOST_GATES]:
            messages.gate(failure(gate))
            samples = behind(check.evaluation, gate)
            # Two gates may have the same samples behind them.
            if samples and samples not in told and len(told) < MOST_EXPLAINED:
                told.append(samples)
                for sample in samples:
                    messages.plain(f"  worst: {describe(sample)}")
        if len(failing) > MOST_GATES:
            messages.plain(f"{len(failing) - MOST_GATES} more gates did not pass")
    if check.command and not sys.stderr.isatty():
        # Whoever sits at a terminal has just typed it.
        messages.plain(f"to repeat it: {check.command}")


def _in_the_same_place() -> bool:
    """Tell whether what goes to stdout is seen beside stderr: it is no file of its own."""
    try:
        out, err = os.fstat(sys.stdout.fileno()), os.fstat(sys.stderr.fileno())
    except (OSError, ValueError):
        return True
    return not stat.S_ISREG(out.st_mode) or (out.st_dev, out.st_ino) == (err.st_dev, err.st_ino)
