"""What the names of columns leave open, and their cells tell: known once all rows were read."""

from __future__ import annotations

import numpy as np

from losscli.common.errors import LosscliError
from losscli.common.options import given
from losscli.common.text import listed, shorten
from losscli.inputs.block import COUNTS, Block
from losscli.inputs.roles.needs import Roles

WITHIN = 1e-3


class Doubts:
    """Looks at the samples of one reading, where the names of its columns leave something open."""

    def __init__(self, roles: Roles, name: str) -> None:
        """Take the roles, and what messages call the predictions."""
        self._roles, self._name = roles, name
        self._classes = roles.doubtful and not roles.label_classes
        self._decided = bool(roles.beside)
        self._seen: set[int] = set()
        self._shares = True
        self._rows = 0

    def see(self, block: Block) -> None:
        """Look at the samples of a block."""
        if not (self._classes or self._decided):
            return
        label, prediction = block.label, block.prediction
        if block.left_out is not None:
            counts = block.left_out == COUNTS
            label, prediction = label[counts], prediction[counts]
        self._rows += len(label)
        if self._classes:
            self._seen.update(np.unique(label).tolist())
            self._shares &= bool((np.abs(prediction.sum(axis=1) - 1.0) <= WITHIN).all())
        else:
            self._decided &= bool((prediction == np.rint(prediction)).all())

    def refuse(self) -> None:
        """Raise where what was read is not what its columns were taken for."""
        if not self._rows:
            return
        outputs = listed(self._roles.outputs, 12)
        all_seen = len(self._seen) == len(self._roles.outputs)
        if self._classes and not (all_seen or (self._shares and len(self._seen) > 1)):
            raise LosscliError(
                self._name,
                f"no column says that it is a class, and {len(self._seen)} of {outputs} are labels",
                "columns that are called as the labels, or as classes: prob_<class>",
                "Name the columns of the classes: --prediction COLUMN for each.",
            )
        if self._decided:
            raise LosscliError(
                self._name,
                f"{shorten(self._roles.outputs[0])} holds nothing but whole numbers, as decisions are, and "
                f"beside it {'stands' if len(self._roles.beside) == 1 else 'stand'} "
                f"{listed(self._roles.beside, 12)}",
                "the probabilities, scores or logits",
                f"Name the column: {given('prediction', self._roles.beside[-1])}, or "
                f"{given('prediction', self._roles.outputs[0])} if that is meant.",
            )
