"""A block: a run of aligned samples, as arrays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from losscli.common.array import Array, taken

COUNTS, DROPPED, IGNORED = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Block:
    """Samples in the order of the prediction file; every array has one entry (or row) a sample.

    Attributes:
        row: int64, the data row in the prediction file, from 1.
        label_row: int64, the data row in the label file, from 1 (the same array where rows pair up).
        label: float64 `(rows,)` or `(rows, columns)`, or int64 `(rows,)`, the index of the class.
        prediction: float64 `(rows,)` or `(rows, columns)`.
        weight: float64 `(rows,)`, finite and ≥ 0, or None.
        id: int64 or UTF-8 bytes (dtype `S`, see `ids`), or None.
        group: UTF-8 bytes (dtype `S`), or None.
        cluster: UTF-8 bytes (dtype `S`), what rows that belong together have in common, or None.
        left_out: uint8, `COUNTS`, `DROPPED` or `IGNORED` for each row, or None where all count.
            What the other arrays hold in rows that are left out means nothing.
        classes: the names that class indices stand for.
        shown: columns that are carried along, UTF-8 bytes (dtype `S`), by their titles.
        sliced: columns among whose values slices are looked for, the same way.
    """

    row: Array
    label_row: Array
    label: Array
    prediction: Array
    weight: Array | None = None
    id: Array | None = None
    group: Array | None = None
    cluster: Array | None = None
    left_out: Array | None = None
    classes: tuple[str, ...] = ()
    shown: Mapping[str, Array] = field(default_factory=dict)
    sliced: Mapping[str, Array] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.row)

    def take(self, rows: slice | NDArray[np.bool_] | NDArray[np.int64]) -> Block:
        """Return the samples that a slice, a mask or positions choose."""
        weight, id_, group, cluster, left_out = (
            None if column is None else column[rows]
            for column in (self.weight, self.id, self.group, self.cluster, self.left_out)
        )
        same = self.label_row is self.row
        row = self.row[rows]
        return Block(
            row=row,
            label_row=row if same else self.label_row[rows],
            label=taken(self.label, rows),
            prediction=taken(self.prediction, rows),
            weight=weight,
            id=id_,
            group=group,
            cluster=cluster,
            left_out=left_out,
            classes=self.classes,
            shown={title: column[rows] for title, column in self.shown.items()} if self.shown else {},
            sliced={title: column[rows] for title, column in self.sliced.items()} if self.sliced else {},
        )
