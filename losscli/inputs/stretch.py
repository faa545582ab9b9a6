"""Some rows of one file as an input of its own, and where a file can be cut into such."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from losscli.inputs.header import TextFormat
    from losscli.inputs.source import Source


@dataclass(frozen=True, slots=True)
class Stretch(ABC):
    """Consecutive rows of a file, numbered as they are there; it can be sent to another process.

    Attributes:
        path: of the file.
    """

    path: str

    @abstractmethod
    def open(self, text_format: TextFormat, /) -> Source:
        """Open the file for these rows. Raises LosscliError if it cannot be read."""


class Cuts(Protocol):
    """Where a file can be cut."""

    @property
    def rows(self) -> int:
        """The rows of the file."""

    def stretches(self, marks: Sequence[int]) -> Sequence[Stretch]:
        """Return what is before, between and behind some rows: `marks` count those before each cut."""


def path_of(data: Any) -> Any:
    """Return the path of a stretch, and what else an input may be as it is."""
    return data.path if isinstance(data, Stretch) else data
