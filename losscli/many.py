"""Several evaluations: each gets what it would get alone."""

from __future__ import annotations

from collections.abc import Sequence

from losscli.errors import LosscliError
from losscli.evaluation import Sink, evaluate
from losscli.reading import Observer
from losscli.report import Report
from losscli.request import Request


def evaluate_many(
    requests: Sequence[Request],
    *,
    sinks: Sequence[Sink | None] | None = None,
    observe: Observer | None = None,
) -> list[Report | LosscliError]:
    """Return the report of each request, or the error that it would have raised."""
    found: list[Report | LosscliError] = []
    for request, sink in zip(requests, sinks or [None] * len(requests), strict=True):
        try:
            found.append(evaluate(request, sink=sink, observe=observe))
        except LosscliError as error:
            found.append(error)
    return found
