"""What was read: each input, and how its rows were paired. For reports and their signatures."""

from __future__ import annotations

from dataclasses import dataclass


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
        fingerprint: of its bytes, where a receipt wants one.
    """

    path: str
    rows: int
    fingerprint: Fingerprint | None = None


@dataclass(frozen=True, slots=True)
class Provenance:
    """What the figures were computed of, beside the plan: for the report and its signatures."""

    version: str
    predictions: Input
    labels: Input
    alignment: str
    weight: str | None = None
    group: str | None = None
    ignored: tuple[str, ...] = ()
    mapped: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
