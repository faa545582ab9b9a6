"""The state of an evaluation: its plan, what it read, and what is known of every loss and group.

A commutative monoid under `merge`, to the last bit: states of shards make the same state in any order,
and by any tree. What a state is refused for when it meets another is told where they meet.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

from losscli.analyses.report import Sample
from losscli.common.text import encodable
from losscli.compute.fold import LossState
from losscli.compute.statistics.distribution import Distribution
from losscli.inputs.across import Across
from losscli.inputs.edits import Edits
from losscli.inputs.provenance import Fingerprint, Input
from losscli.loss import Origin, Value

if TYPE_CHECKING:
    from losscli.compute.states.of_loss import Sure

Key = tuple[str, str, str, str]
"""What tells a part from others: the paths of predictions and labels, and their digests."""
_NO_UTF8 = re.compile(rb"\\udc([89a-f][0-9a-f])")


def place_of_name(path: str) -> bytes:
    """Return where a path stands among others: by its bytes, which states write in part as escapes."""
    text = encodable(path).encode()
    # Two names that are written alike are still two.
    return _NO_UTF8.sub(lambda found: bytes.fromhex(found[1].decode()), text) + b"\0" + text


def place_of_key(key: Key) -> tuple[bytes, ...]:
    """Return where a part stands among others: by the bytes of its paths, then by its digests."""
    return tuple(map(place_of_name, key))


@dataclass(frozen=True)
class Planned:
    """What makes states comparable: how their rows were read, and what was computed of them.

    Attributes:
        loss: the specs, in order.
        parameters: of each loss all of them, those that columns decided too.
        code: by the name of a loss, where it comes from if not with losscli.
        one_input: whether labels stand in the file of the predictions.
        classes: the names of columns of classes; none where there are no such columns.

    The others are those of a request, or of a report.
    """

    loss: tuple[str, ...]
    parameters: tuple[Mapping[str, Value], ...]
    code: Mapping[str, Origin]
    reduction: str
    top: int | None
    align: str
    one_input: bool
    unmatched: str
    bad_rows: str
    weight: str | None
    weights_are: str
    cluster: str | None
    level: float | None
    group: tuple[str, ...]
    show: tuple[str, ...]
    ignore_label: tuple[str, ...]
    map_labels: Mapping[str, str]
    edits: Edits
    columns: Mapping[str, str | tuple[str, ...]]
    found: Mapping[str, str]
    classes: tuple[str, ...]
    why_paired: str
    agreeing: tuple[str, ...]

    @property
    def sure(self) -> Sure | None:
        """How it is known how sure a cost is; None where nobody asks."""
        from losscli.compute.states.of_loss import Sure

        counts = self.weights_are == "counts"
        asked = counts or self.level is not None or self.cluster is not None
        return Sure(counts, self.cluster is not None) if asked else None


@dataclass(frozen=True)
class Part:
    """What one run read.

    Attributes:
        predictions, labels: the inputs, with the bytes that they had; None for labels in the same file.
        unmatched: how many rows of each were left out for their ids; None where that is an error.
        rows_left_out: by option how many rows of each were left out because somebody asked for it.
        across: what its rows leave open.
        notes: what is to be known of how they were read.
        where: the state that it was read from, as messages call it.
    """

    predictions: Input
    labels: Input | None
    unmatched: Mapping[str, int] | None
    across: Across
    notes: tuple[str, ...] = ()
    rows_left_out: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    where: str = field(default="", compare=False)

    @property
    def inputs(self) -> dict[str, Input]:
        """The inputs by their roles."""
        roles = {"predictions": self.predictions}
        return roles if self.labels is None else roles | {"labels": self.labels}

    @property
    def samples(self) -> int:
        """How many rows of the predictions have a label."""
        return self.predictions.rows - self.left_out("predictions")

    def left_out(self, role: str) -> int:
        """Return how many rows of an input are no sample."""
        asked = sum(counts[role] for counts in self.rows_left_out.values())
        return (self.unmatched or {}).get(role, 0) + asked

    @property
    def key(self) -> Key:
        """What tells it from others."""
        labels = self.predictions if self.labels is None else self.labels
        one, other = digest_of(self.predictions), digest_of(labels)
        return self.predictions.path, labels.path, one.sha256, other.sha256

    @property
    def place(self) -> tuple[bytes, ...]:
        """Where it stands among others."""
        return place_of_key(self.key)


def digest_of(source: Input) -> Fingerprint:
    """Return the bytes that an input had, which every one of a state says."""
    assert source.fingerprint is not None
    return source.fingerprint


def files_of(source: Input) -> tuple[Input, ...]:
    """Return the files of an input that have rows: what must not be read twice."""
    return tuple(one for one in source.files if one.rows)


class Kept(NamedTuple):
    """A sample to be shown, and the part that it comes from."""

    part: Key
    sample: Sample

    @property
    def place(self) -> tuple[float, tuple[bytes, ...], bytes, int]:
        """Where it stands among others: the largest loss first, then as rows come."""
        shard = place_of_name(self.sample.shard or "")
        return -self.sample.loss, place_of_key(self.part), shard, self.sample.row


@dataclass(frozen=True)
class Known:
    """What is known of one loss, of all samples or of a group: the samples to be shown beside the rest."""

    state: LossState[Distribution]
    worst: tuple[Kept, ...] = ()

    def together(self, other: Known, top: int | None) -> Known:
        """Return what is known of the rows of both, with so many samples to be shown; None for all."""
        worst = sorted((*self.worst, *other.worst), key=lambda kept: kept.place)
        return Known(self.state.merge(other.state), tuple(worst[:top]))


@dataclass(frozen=True)
class State:
    """What is known of the rows of some runs.

    Attributes:
        version: of the losscli that computed the losses.
        plan: what they have in common.
        parts: what each run read, in the order of their places.
        losses: what is known of each loss; none where there are groups, which say it.
        groups: the same by the name of the group.
    """

    version: str
    plan: Planned
    parts: tuple[Part, ...]
    losses: tuple[Known, ...] = ()
    groups: Mapping[str, tuple[Known, ...]] = field(default_factory=dict)

    def merge(self, other: State) -> State:
        """Return what is known of the rows of both, which are of one plan and have no input in common."""
        groups = dict(self.groups)
        for name, known in other.groups.items():
            groups[name] = self._both(groups[name], known) if name in groups else known
        return replace(
            self,
            parts=tuple(sorted((*self.parts, *other.parts), key=lambda part: part.place)),
            losses=self._both(self.losses, other.losses),
            groups=dict(sorted(groups.items())),
        )

    def overall(self) -> tuple[Known, ...]:
        """Return what is known of each loss, of all groups together where there are some."""
        known = self.losses
        for of_group in self.groups.values():
            known = self._both(known, of_group) if known else of_group
        return known

    def _both(self, one: tuple[Known, ...], other: tuple[Known, ...]) -> tuple[Known, ...]:
        return tuple(left.together(right, self.plan.top) for left, right in zip(one, other, strict=True))
