"""The plan of one run: what is computed, quantiles too, of which columns, and what becomes of bad rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from losscli.common.array import Array
from losscli.inputs.places import PlaceOf, on_no_line
from losscli.inputs.reading import Reading
from losscli.loss.spec import BoundLoss

QUANTILES = (0.5, 0.9, 0.95, 0.99)


@dataclass(frozen=True)
class Plan:
    """Everything the fold has to know besides the samples themselves.

    Attributes:
        losses: the losses asked for, in order.
        predictions, labels: the inputs as messages name them.
        outputs, label_outputs: the names of the prediction columns, and of the label columns.
        drop: leave out rows outside a loss's domain and count them, instead of raising.
        top: how many worst samples are kept; None for all.
        reduction: `mean` or `sum`.
        level: how sure intervals of costs are to be; None for none.
        evidence: whether what standard errors of clusters, of counts, and intervals are made of is kept.
        counts: whether weights say how often a row is there.
        grounds: whether what gates with a confidence are judged from is to be with the results.
        may_exceed: whether one of the columns of classes may be none.
        edited: of each role whose numbers are changed, the options that do it.
        doubtful: the inputs whose first row, which is row 1, may be a header, and the options that say so.
    """

    losses: tuple[BoundLoss, ...]
    predictions: str
    labels: str
    outputs: tuple[str, ...] = ()
    label_outputs: tuple[str, ...] = ()
    drop: bool = False
    top: int | None = 10
    reduction: str = "mean"
    level: float | None = None
    evidence: bool = False
    counts: bool = False
    grounds: bool = False
    may_exceed: bool = False
    edited: tuple[tuple[str, str], ...] = ()
    doubtful: tuple[tuple[str, str], ...] = ()
    place: PlaceOf = field(default=on_no_line, compare=False)
    """The place of a row of the predictions."""
    label_place: PlaceOf = field(default=on_no_line, compare=False)

    files: tuple[str, ...] = ()
    """The files of the predictions, where they are several."""
    apart: Callable[[Array], tuple[Array, Array]] | None = field(default=None, compare=False)
    """Tells of rows of several files the places of those in `files`, and the rows there."""

    def told(self, row: int, *, label: bool = False) -> str:
        """Return what a message calls a data row of the predictions, or of the labels."""
        if label:
            return self.label_place(row).told(self.labels)
        return self.place(row).told(self.predictions)


def plan_of(reading: Reading) -> Plan:
    """Return the plan for inputs that were opened for a request."""
    request, roles = reading.request, reading.roles
    return Plan(
        losses=reading.losses,
        predictions=reading.left.name,
        labels=reading.right.name,
        outputs=roles.outputs,
        label_outputs=roles.label_outputs,
        drop=request.drop,
        top=request.top,
        reduction=request.reduction,
        level=request.level,
        evidence=request.level is not None
        or request.cluster is not None
        or request.counts
        or request.grounds,
        counts=request.counts,
        grounds=request.grounds,
        doubtful=tuple(reading.doubtful_headers.items()),
        may_exceed=roles.may_exceed,
        edited=reading.edited,
        place=reading.left.place,
        files=tuple(shard.name for shard in reading.left.files),
        apart=reading.left.apart if reading.left.files else None,
        label_place=reading.right.place,
    )
