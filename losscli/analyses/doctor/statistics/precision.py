"""Numbers of 16 bits."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from losscli.analyses.doctor.check import Rows, Setting, Statistic

FORMATS = {"bfloat16": (16, 8), "float16": (13, 11)}
"""Of each format how many bits of a float32 are 0, and how many bits a number has."""
_ALL = (1 << 23) - 1


@dataclass(frozen=True, slots=True)
class Precision:
    """The bits that predictions have, as float32, and where the last one of a format is used.

    Attributes:
        n: how many numbers they are.
        used: the bits of a mantissa that some number uses.
        last: by the format the binades in which some number uses its last bit, as bits of an integer.
    """

    n: int = 0
    used: int = 0
    last: tuple[int, ...] = (0,) * len(FORMATS)

    def merge(self, later: Precision) -> Precision:
        """Return those of both."""
        used, last = (
            self.used | later.used,
            (one | two for one, two in zip(self.last, later.last, strict=True)),
        )
        return Precision(self.n + later.n, used, tuple(last)).settled()

    def settled(self) -> Precision:
        """Return the same without the binades of what no format is."""
        fine = self.used & ((1 << min(bits for bits, _ in FORMATS.values())) - 1)
        return Precision(self.n, _ALL) if fine else self


def _precision(_: Setting, rows: Rows) -> Precision:
    if not len(rows):
        return Precision()
    with np.errstate(over="ignore", under="ignore"):
        values = np.ascontiguousarray(rows.prediction, dtype=np.float32).ravel()
    if np.isinf(values).any() or np.count_nonzero(values) < np.count_nonzero(rows.prediction):
        return Precision(len(values), _ALL)
    bits = values.view(np.uint32)
    used = int(np.bitwise_or.reduce(bits)) & _ALL
    found = Precision(len(values), used).settled()
    if found.used == _ALL:
        return found
    binade = (bits >> np.uint32(23)) & np.uint32(0xFF)
    last = (
        np.unique(binade[(bits >> np.uint32(zeros)) & np.uint32(1) == 1]) for zeros, _ in FORMATS.values()
    )
    return Precision(len(values), used, tuple(sum(1 << int(one) for one in binades) for binades in last))


PRECISION = Statistic("precision", lambda _: Precision(), _precision, lambda setting: not setting.class_names)
