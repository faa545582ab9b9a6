"""Gates and baselines as callers from Python give them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from losscli.analyses.evaluate.report import Report
from losscli.common.arguments import listed
from losscli.common.errors import LosscliError
from losscli.loss import Loss
from losscli.verdicts.gates.baseline import as_baseline, no_baseline
from losscli.verdicts.gates.grammar import Gate, parse_gate
from losscli.verdicts.gates.judge import check_against
from losscli.verdicts.judged import Standard

Against = str | os.PathLike[str] | Mapping[str, Any] | Report | None
"""What gates compare with: the path of a document, a document as it was parsed, or a report."""


class Judging:
    """The gates and the baseline of a call, and all that is wrong with them.

    Attributes:
        wrong: what is wrong with the text of a gate.
    """

    def __init__(self, gate: Any, find: Callable[[str], Loss], baseline: Against) -> None:
        """Read the gates; `find` returns a loss by its name."""
        self._gates: list[Gate] = []
        self._baseline = baseline
        self.wrong: list[LosscliError] = []
        for text in map(str, listed(gate)):
            try:
                self._gates.append(parse_gate(text, find, "gate"))
            except LosscliError as error:
                self.wrong.append(error)

    @property
    def no_baseline(self) -> Iterable[LosscliError]:
        """What is wrong with the baseline where it is none."""
        return no_baseline(self._baseline)

    def against(self, specs: Sequence[str], *, grouped: bool, summed: bool) -> Iterator[LosscliError]:
        """Yield what is wrong with gates that are held against losses of these specs."""
        there = self._baseline is not None
        yield from check_against(self._gates, specs, "gate", grouped=grouped, baseline=there, summed=summed)

    def standard(self) -> Standard:
        """Return what figures have to keep to."""
        return Standard(tuple(self._gates), as_baseline(self._baseline))
