"""States of several losses, over all samples and by groups: whatever is known of one, all merge alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Generic, Protocol, Self, TypeVar

from losscli.compute.statistics.worst import Worst


class Mergeable(Protocol):
    """What is known of one loss after some rows."""

    def merge(self, other: Self) -> Self:
        """Return what is known after the rows of both."""


One = TypeVar("One", bound=Mergeable)


@dataclass(frozen=True, slots=True)
class States(Generic[One]):
    """What is known after some blocks: a state per loss; with groups, one per group and loss."""

    losses: tuple[One, ...]
    groups: Mapping[bytes, tuple[One, ...]] = field(default_factory=dict)

    def merge(self, other: States[One]) -> States[One]:
        """Return what is known after the rows of both."""
        groups = dict(self.groups)
        for name, states in other.groups.items():
            groups[name] = merge_all(groups[name], states) if name in groups else states
        return States(merge_all(self.losses, other.losses), groups)


def merge_all(left: tuple[One, ...], right: tuple[One, ...]) -> tuple[One, ...]:
    """Return the states of each loss merged."""
    return tuple(one.merge(other) for one, other in zip(left, right, strict=True))


def merge_worst(one: Worst | None, other: Worst | None) -> Worst | None:
    """Return the worst samples of both; None before the first row."""
    return one or other if one is None or other is None else one.merge(other)
