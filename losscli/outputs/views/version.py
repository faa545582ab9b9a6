"""What runs here, for people and for programs: versions, and the reader of CSV files."""

from __future__ import annotations

import platform
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

from losscli.analyses.evaluate.document import SCHEMA
from losscli.common.json import Object
from losscli.common.version import __version__
from losscli.inputs.formats.csv import scanner
from losscli.outputs.drawing.elements import Element, Entries, Entry
from losscli.outputs.view import View, named

COLUMN = 14


@dataclass(frozen=True)
class Installed:
    """What runs here.

    Attributes:
        numpy: the version of NumPy.
        pandas: that of pandas, None where it is not installed.
        csv_reader: `compiled` or `pandas`.
        why: why the compiled reader is not in use; empty where it is.
    """

    numpy: str
    pandas: str | None
    csv_reader: str
    why: str


def installed() -> Installed:
    """Return what runs here; pandas is not imported for it."""
    try:
        pandas = version("pandas")
    except PackageNotFoundError:
        pandas = None
    reader = "pandas" if scanner.scan is None else "compiled"
    return Installed(version("numpy"), pandas, reader, scanner.why_not)


class VersionView(View):
    """What runs here."""

    report: Installed
    columns = named("losscli", "python", "numpy", "pandas", "csv_reader", "csv_reader_why")

    def page(self) -> Iterator[Element]:
        """Yield the versions, and the reader."""
        found = self.report
        why = ((f"the compiled reader is not in use: {found.why}", "note"),) if found.why else ()
        yield Entries(
            (
                Entry("losscli", ((__version__, ""),)),
                Entry("Python", ((platform.python_version(), ""),)),
                Entry("NumPy", ((found.numpy, ""),)),
                Entry("pandas", ((found.pandas or "not installed", ""),)),
            ),
            COLUMN,
        )
        yield Entries((Entry("CSV reader", ((found.csv_reader, ""), *why)),), COLUMN, apart=True)

    def document(self) -> Object:
        """Return the whole."""
        found = self.report
        return {
            "schema": SCHEMA,
            "document": "version",
            "losscli": __version__,
            "python": platform.python_version(),
            "numpy": found.numpy,
            "pandas": found.pandas,
            "csv_reader": found.csv_reader,
            "csv_reader_why": found.why or None,
        }

    def lines(self) -> Iterator[Object]:
        """Yield the document, on one line."""
        yield self.document()
