"""What was read: each input, and how its rows were paired. For reports and their signatures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from losscli.inputs.edits import Edits
from losscli.inputs.places import PlaceOf, on_no_line


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What bytes a file had: how many, and their SHA-256 in hexadecimal digits."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Input:
    """One input as it was read.

    Attributes:
        path: as given.
        rows: its data rows.
        fingerprint: of its bytes, where a receipt or a state wants one.
        shards: the files of a folder or a glob, or the inputs of states, in order; none for one file.
    """

    path: str
    rows: int
    fingerprint: Fingerprint | None = None
    shards: tuple[Input, ...] = ()

    @property
    def files(self) -> tuple[Input, ...]:
        """Its files: the shards, or it alone."""
        return self.shards or (self,)


@dataclass(frozen=True, slots=True)
class Provenance:
    """What the figures were computed of, beside the plan: for the report and its signatures."""

    version: str
    predictions: Input
    labels: Input
    alignment: str
    weight: str | None = None
    group: tuple[str, ...] = ()
    cluster: str | None = None
    weights_are: str = "importance"
    ignored: tuple[str, ...] = ()
    mapped: tuple[tuple[str, str], ...] = ()
    edits: Edits = field(default_factory=Edits)
    notes: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    columns: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)
    """The names of the columns of each role: one, or for predictions, labels and groups several."""
    found: Mapping[str, str] = field(default_factory=dict)
    """How a role got its column, where neither an option nor a usual name gave it."""
    unmatched: Mapping[str, int] | None = None
    """How many rows of each input were left out, as the other has not their id; None: refused."""
    rows_left_out: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """By option, how many rows of each input were left out because somebody asked for it."""
    excluded: Input | None = None
    """The file of ids whose samples were left out, if there is one."""
    why_paired: str = ""
    """Why rows were paired by position, in our words; empty where they were not, or one input has both."""
    agreeing: tuple[str, ...] = ()
    """The columns of both inputs that were compared and agree in every row that was paired by position."""
    place: PlaceOf = on_no_line
    """The place of a row of the predictions."""
    of_rows: tuple[str, ...] = ()
    """Those of the notes that the rows of other runs may change."""
