"""The onlooker of an evaluation whose page is wanted: it keeps counts and a sample of the rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from losscli.analyses.evaluate.report import Report
from losscli.analyses.page.probabilities import Calibrated, Confusion
from losscli.analyses.page.seen import Kind, PageData
from losscli.analyses.page.spread import Spread, spread_of
from losscli.common.array import Array
from losscli.compute.fold import LossState, LossStates
from losscli.compute.plan import Plan
from losscli.compute.row_losses import RowLosses
from losscli.compute.statistics.distribution import Distribution
from losscli.compute.statistics.drawn import Drawn
from losscli.inputs.block import COUNTS, Block
from losscli.inputs.columns.needs import Roles
from losscli.inputs.provenance import Provenance
from losscli.inputs.reading import Reading
from losscli.loss import Layout
from losscli.loss.domain import BINARY, PROBABILITY, SIGN, Simplex
from losscli.loss.formulas.classwise import probabilities
from losscli.loss.numeric import sigmoid
from losscli.loss.spec import BoundLoss

DRAWN = 16_384
"""Rows whose labels and predictions are drawn for charts of numbers."""
MOST_CLASSES = 200
"""Classes up to which it is counted which was taken for which."""


@dataclass(frozen=True, slots=True)
class Counted:
    """What is known of some rows. A commutative monoid under `merge`."""

    sample: Drawn | None = None
    calibrated: Calibrated | None = None
    of_label: Calibrated | None = None
    confusion: Confusion | None = None

    def merge(self, other: Counted) -> Counted:
        """Return what is known of the rows of both."""
        return Counted(*(_both(getattr(self, one.name), getattr(other, one.name)) for one in fields(self)))

    def in_whole(self, classes: Sequence[int]) -> Counted:
        """Return the same where classes have these numbers."""
        return self if self.confusion is None else replace(self, confusion=self.confusion.renumbered(classes))


def _both(one: Any, other: Any) -> Any:
    return one.merge(other) if one is not None and other is not None else one or other


def kind_of(loss: BoundLoss, roles: Roles) -> Kind:
    """Return what labels and predictions are, for a loss that reads them."""
    if roles.class_names:
        return "class_names"
    if roles.classes:
        return "classes" if are_probabilities(loss) else "class_names"
    if len(roles.outputs) != 1 or loss.layout not in (Layout.OUTPUTS, Layout.SCALAR, Layout.TOGETHER):
        return "other"
    if loss.label_domain is BINARY:
        return "probability" if are_probabilities(loss) else "other"
    scores = loss.label_domain is SIGN or bool(loss.parameters.get("log_input"))
    return "other" if scores else "numbers"


def are_probabilities(loss: BoundLoss) -> bool:
    """Whether predictions are probabilities, or logits of some."""
    domain = loss.prediction_domain
    return bool(loss.parameters.get("from_logits")) or domain is PROBABILITY or isinstance(domain, Simplex)


def probabilities_of(loss: BoundLoss, prediction: Array) -> Array:
    """Return the probabilities that predictions are, or that they are logits of."""
    logits, normalize = (bool(loss.parameters.get(name)) for name in ("from_logits", "normalize"))
    if prediction.ndim == 1:
        return sigmoid(prediction) if logits else prediction
    return probabilities(prediction, from_logits=logits, normalize=normalize)


def counted(kind: Kind, block: Block, loss: Array, before: Counted) -> Counted:
    """Return what is known of earlier rows and those of a block, all of which count."""
    label, prediction = block.label, block.prediction
    if kind == "numbers":
        sample = before.sample or Drawn(DRAWN)
        columns = {"label": label, "prediction": prediction, "loss": loss}
        return Counted(sample.with_rows(block.row, block.id, columns))
    if kind == "probability":
        return before.merge(Counted(calibrated=Calibrated.of(prediction, label > 0.5)))
    if kind == "classes":
        true = label if label.ndim == 1 else label.argmax(axis=1)
        return before.merge(_of_classes(true, prediction))
    if kind == "class_names":
        if prediction.ndim == 2:
            label = label if label.ndim == 1 else label.argmax(axis=1)
            prediction = prediction.argmax(axis=1)
        size = len(block.classes) or 1 + int(max(label.max(initial=0), prediction.max(initial=0)))
        if size <= MOST_CLASSES:
            return before.merge(Counted(confusion=Confusion.of(label, prediction, size)))
    return before


def _of_classes(true: Array, prediction: Array) -> Counted:
    rows, size = np.arange(len(true)), prediction.shape[1]
    best = prediction.argmax(axis=1)
    of_label = prediction[rows, true]
    confusion = Confusion.of(true, best, size) if size <= MOST_CLASSES else None
    happened = np.ones(len(true), dtype=np.bool_)
    return Counted(
        calibrated=Calibrated.of(prediction[rows, best], best == true),
        of_label=Calibrated.of(of_label, happened),
        confusion=confusion,
    )


def spreads_of(report: Report, states: Sequence[LossState[Distribution]]) -> dict[str, Spread]:
    """Return how the losses of a report are spread, by the spec of each, given what is known of each."""
    pairs = zip(report.results, states, strict=True)
    found = ((result.loss, spread_of(one.what.ordered())) for result, one in pairs)
    return {loss: spread for loss, spread in found if spread is not None}


def of_states(report: Report, states: Sequence[LossState[Distribution]], *, weighted: bool) -> Report:
    """Return a report with what a page shows of states: they keep how losses are spread, and nothing else."""
    return replace(report, page=PageData("other", spreads_of(report, states), weighted=weighted))


class Portrayer:
    """Sees the rows of an evaluation for its page."""

    def begin(self, reading: Reading, plan: Plan) -> None:
        """Get ready for the first row."""
        self._kind = kind_of(plan.losses[0], reading.roles)
        self.seen = Counted()

    def needs_numbers(self, reading: Reading) -> bool:
        """Whether rows are drawn by their numbers: they are numbers themselves, without ids."""
        return kind_of(reading.losses[0], reading.roles) == "numbers" and not reading.id_wants

    def __call__(self, plan: Plan, block: Block, rows: tuple[RowLosses, ...], /) -> None:
        """See the next rows: those that count for the first loss."""
        status, loss = rows[0].status, rows[0].value
        if status is not None:
            block, loss = block.take(status == COUNTS), loss[status == COUNTS]
        if len(block):
            if self._kind in ("probability", "classes"):
                block = replace(block, prediction=probabilities_of(plan.losses[0], block.prediction))
            self.seen = counted(self._kind, block, loss, self.seen)

    def told(self, report: Report, provenance: Provenance, state: LossStates) -> Report:
        """Return the report with what its page shows."""
        found, too_many = self.seen, len(provenance.classes) > MOST_CLASSES
        page = PageData(
            kind=self._kind,
            spreads=spreads_of(report, state.losses),
            sample=None if found.sample is None else found.sample.in_order(),
            calibrated=found.calibrated,
            of_label=found.of_label,
            # Names that come up later would make it that of the earlier rows.
            confusion=None if too_many else found.confusion,
            classes=provenance.classes,
            classes_left_out=too_many,
            weighted=provenance.weight is not None,
        )
        return replace(report, page=page)
