"""What was seen for a page, beside the figures of its report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from losscli.analyses.page.probabilities import Calibrated, Confusion
from losscli.analyses.page.spread import Spread
from losscli.compute.statistics.drawn import Drawn

Kind = Literal["numbers", "probability", "classes", "class_names", "other"]


@dataclass(frozen=True, slots=True)
class PageData:
    """What charts are made of.

    Attributes:
        kind: what labels and predictions are.
        spreads: how the losses are spread, by the spec of the loss.
        sample: of numbers, a sample of rows: `label`, `prediction` and the `loss` of the first loss.
        calibrated: of one probability, how often a label is 1; of classes, how often the most probable
            one is true.
        of_label: of classes, the probability of the true one.
        confusion: how often each class was taken for each.
        classes: their names.
        weighted: whether samples have weights, which no chart knows of.
        classes_left_out: whether they were too many to count which was taken for which.
    """

    kind: Kind
    spreads: Mapping[str, Spread] = field(default_factory=dict)
    sample: Drawn | None = None
    calibrated: Calibrated | None = None
    of_label: Calibrated | None = None
    confusion: Confusion | None = None
    classes: tuple[str, ...] = ()
    classes_left_out: bool = False
    weighted: bool = False
