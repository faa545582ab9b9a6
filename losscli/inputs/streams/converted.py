"""What to do with a file of another format: a command that writes it as CSV."""

from __future__ import annotations

from pathlib import PurePath
from shlex import quote

_PANDAS = {
    "an Excel workbook": "read_excel({})",
    "an HDF5 file": "read_hdf({})",
}


def converted(name: str, what: str) -> str:
    """Return the remedy for a file that holds no text with separators.

    Args:
        name: the path of the file, or what messages call it where it has none.
        what: its format, as messages call it.
    """
    path, target = repr(name), repr(str(PurePath(name).with_suffix(".csv")) if PurePath(name).name else "")
    if what == "a NumPy array file":
        code = f"import numpy; numpy.savetxt({target}, numpy.load({path}), delimiter=',')"
    elif what in _PANDAS:
        read = _PANDAS[what].format(path)
        code = f"import pandas; pandas.{read}.to_csv({target}, index=False)"
    else:
        code = ""
    if not code or not PurePath(name).suffix:
        return "Save it as CSV."
    # In the shell's double quotes where that is safe, since the code has single ones.
    shown = f'"{code}"' if not set('"$`\\!') & set(code) else quote(code)
    return f"Save it as CSV: python -c {shown}"
