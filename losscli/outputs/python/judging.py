"""Gates and baselines as callers from Python give them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any

from losscli.analyses.compare.report import CompareReport
from losscli.analyses.compare.request import Asked
from losscli.analyses.evaluate.report import Report
from losscli.common.arguments import listed, own, too_small, wrong_types
from losscli.common.errors import LosscliError, UsageError, raise_together
from losscli.inputs.request import Request
from losscli.loss import Loss
from losscli.verdicts.compared import Standard as Compared
from losscli.verdicts.compared import compare
from losscli.verdicts.gates.baseline import as_baseline, no_baseline
from losscli.verdicts.gates.grammar import Gate, parse_gate
from losscli.verdicts.gates.judge import check_against
from losscli.verdicts.gates.of_models import parse_gates
from losscli.verdicts.judged import Standard
from losscli.verdicts.sound.confidence import Confidence, refusals, useless, wrong_confidence

if TYPE_CHECKING:
    from losscli.analyses.parts import Crew

Against = str | os.PathLike[str] | Mapping[str, Any] | Report | None
"""What gates compare with: the path of a document, a document as it was parsed, or a report."""


@dataclass(frozen=True)
class Confident:
    """How sure gates are to be, and the predictions of a baseline, as a caller gives it."""

    confidence: Any = None
    anytime: bool = False
    planned_rows: Any = None
    guarantee: bool = False
    predictions: Any = None

    def wrong(self, *, gates: bool, baseline: bool) -> Iterator[LosscliError]:
        """Yield what is wrong with these, but for the losses that they are about."""
        typed = {"confidence": (self.confidence, Real), "planned_rows": (self.planned_rows, Integral)}
        if wrong := [*wrong_types(typed)]:
            yield from wrong
            return
        yield from too_small("planned_rows", own(self.planned_rows), 1)
        yield from useless(
            self.confidence,
            gates=gates,
            anytime=self.anytime,
            planned_rows=self.planned_rows,
            guarantee=self.guarantee,
            baseline_predictions=self.predictions is not None,
            baseline=baseline,
        )
        if self.confidence is not None:
            yield from wrong_confidence(float(self.confidence))

    def asked(self) -> Confidence | None:
        """Return how sure gates are to be; None where figures are compared as they are."""
        if self.confidence is None:
            return None
        return Confidence(float(self.confidence), own(self.planned_rows), bool(self.guarantee))

    def refused(self, gates: Sequence[Gate], request: Request) -> Iterator[LosscliError]:
        """Yield an error for each gate that cannot have a confidence."""
        confidence = self.asked()
        if confidence is not None:
            yield from refusals_of(gates, request, confidence, paired=self.predictions is not None)


def refusals_of(
    gates: Sequence[Gate], request: Request, confidence: Confidence, *, paired: bool
) -> Iterator[LosscliError]:
    """Yield an error for each gate that cannot have a confidence with what a request asks for."""
    yield from refusals(
        gates,
        request.loss,
        confidence,
        "gate",
        paired=paired,
        weighted=request.weight is not None,
        importance=request.weight is not None and not request.counts,
        clustered=request.cluster is not None,
        summed=request.reduction == "sum",
    )


def judged_comparison(
    asked: Asked, gate: Any, confidence: Any, find: Callable[[str], Loss], crew: Crew | None = None
) -> CompareReport:
    """Return the report of a comparison, held against gates. Raises all that is wrong with them.

    Args:
        asked: the comparison.
        gate: texts, as a caller gives them.
        confidence: how sure they are to be; None where figures are compared as they are.
        find: returns a loss by its name.
        crew: computes it in parts; None for this process.
    """
    first, texts = asked.first, [*map(str, listed(gate))]
    sure = Confident(confidence, guarantee=asked.guarantee and confidence is not None)
    gates, wrong = parse_gates(texts, asked.names, find, "gate")
    specs = [bound.spec for bound in first.loss]
    bare = [one.gate for one in gates]
    told: list[LosscliError] = [*wrong, *check_against(bare, specs, "gate", grouped=bool(first.group))]
    told += sure.wrong(gates=bool(texts), baseline=False)
    raise_together(told)
    level = sure.asked()
    if level is not None:
        level = replace(level, planned_rows=asked.planned_rows)
        if asked.lag is not None:
            raise UsageError("confidence", "there is a lag too", "gates without it", "Leave out one of them.")
        raise_together(refusals_of(bare, first, level, paired=True))
    return compare(asked, Compared(tuple(gates), level), crew=crew)


class Judging:
    """The gates and the baseline of a call, and all that is wrong with them.

    Attributes:
        wrong: what is wrong with the text of a gate.
        confident: how sure gates are to be.
    """

    def __init__(
        self,
        gate: Any,
        find: Callable[[str], Loss],
        baseline: Against,
        confident: Confident = Confident(),
    ) -> None:
        """Read the gates; `find` returns a loss by its name."""
        self.confident = confident
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
        """What is wrong with the baseline where it is none, and with how sure gates are to be."""
        yield from no_baseline(self._baseline)
        # A gate that is none is told already.
        gates = bool(self._gates or self.wrong)
        yield from self.confident.wrong(gates=gates, baseline=self._baseline is not None)

    def against(self, specs: Sequence[str], *, grouped: bool, summed: bool) -> Iterator[LosscliError]:
        """Yield what is wrong with gates that are held against losses of these specs."""
        there = self._baseline is not None or self.confident.predictions is not None
        yield from check_against(self._gates, specs, "gate", grouped=grouped, baseline=there, summed=summed)

    def gated(self, group: Any, reduction: Any) -> Callable[[list[str]], Iterator[LosscliError]]:
        """Return what `against` yields of specs, given the arguments `group` and `reduction`."""
        summed = isinstance(reduction, str) and reduction == "sum"
        return lambda specs: self.against(specs, grouped=bool(listed(group)), summed=summed)

    def standard(self, beside: Request | None = None) -> Standard:
        """Return what figures have to keep to; `beside` asks the same of the baseline's predictions."""
        return Standard(tuple(self._gates), as_baseline(self._baseline), beside, self.confident.asked())

    def request(self, request: Request) -> Request:
        """Return a request whose report can be judged. Raises for gates that cannot have a confidence."""
        raise_together(self.confident.refused(self._gates, request))
        return replace(request, grounds=self.confident.confidence is not None)
