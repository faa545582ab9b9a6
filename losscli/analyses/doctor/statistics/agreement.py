"""How many predictions are their labels, and how many have their sign."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from losscli.analyses.doctor.statistics.outputs import of_outputs
from losscli.common.array import Array


@dataclass(frozen=True, slots=True)
class Agreement:
    """Counts of the samples.

    Attributes:
        n: the samples.
        equal: those with a prediction that is its label, to the last bit.
        positive, negative: the labels above and below 0.
        same, other: those above or below 0 with a prediction of their sign, and of the other one.
    """

    n: int = 0
    equal: int = 0
    positive: int = 0
    negative: int = 0
    same: int = 0
    other: int = 0

    def merge(self, later: Agreement) -> Agreement:
        """Return those of both."""
        return Agreement(
            self.n + later.n,
            self.equal + later.equal,
            self.positive + later.positive,
            self.negative + later.negative,
            self.same + later.same,
            self.other + later.other,
        )


def _of(label: Array, prediction: Array) -> Agreement:
    up, down, above, below = label > 0.0, label < 0.0, prediction > 0.0, prediction < 0.0
    return Agreement(
        len(label),
        *(
            int(np.count_nonzero(mask))
            for mask in (
                label == prediction,
                up,
                down,
                (up & above) | (down & below),
                (up & below) | (down & above),
            )
        ),
    )


AGREEMENT = of_outputs("agreement", Agreement, _of)
