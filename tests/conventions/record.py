"""Writes what libraries said into the files of conventions; what no entry is for is kept beside the tests."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conventions.run_libraries import Number

FOLDER = Path(__file__).resolve().parents[2] / "losscli" / "conventions" / "libraries"
DEVIATIONS = Path(__file__).resolve().parent / "recorded.json"
"""What `--as` needs an override for: `torch+reduction=sum`."""
FLOAT32 = 2.0**-21
"""How far off numbers in float32 may be, where nothing is said."""


def write(name: str, numbers: list[Number]) -> None:
    """Write the numbers of a library in the place of those that were there.

    Raises:
        SystemExit: where the file says another version, or has no entry for a call.
    """
    kept = list(_kept(one for one in numbers if math.isfinite(one.value)))
    _write_entries(FOLDER / f"{name}.toml", [one for one in kept if "+" not in one.as_])
    old = json.loads(DEVIATIONS.read_text("utf-8")) if DEVIATIONS.exists() else []
    new = [asdict(one) for one in kept if "+" in one.as_]
    merged = sorted([*(one for one in old if one["library"] != name), *new], key=json.dumps)
    DEVIATIONS.write_text("[\n" + ",\n".join(map(json.dumps, merged)) + "\n]\n", encoding="utf-8")


def _kept(numbers: Iterable[Number]) -> Iterable[Number]:
    """Yield a number of each kind of data, and one of a file."""
    seen: set[tuple[str, str, bool]] = set()
    for one in numbers:
        if "+" in one.data:
            key = (one.call, one.loss, one.weighted)
            if key in seen or one.weighted:
                continue
            seen.add(key)
        yield one


def _write_entries(path: Path, numbers: list[Number]) -> None:
    head, *entries = re.split(r"(?m)^(?=\[\[loss\.)", path.read_text("utf-8"))
    if f'\nversion = "{numbers[0].version}"\n' not in head:
        raise SystemExit(f"{path.name} is not of version {numbers[0].version}")
    usual = FLOAT32 if '\nprecision = "float32"\n' in head else 1e-12
    left = list(numbers)
    written = [head]
    for old in entries:
        entry = re.sub(r"(?ms)^recorded = \[\n.*?^\]\n", "", old).rstrip("\n") + "\n"
        tolerance = FLOAT32 if '\nprecision = "float32"\n' in entry else usual
        mine = [] if re.search(r"(?m)^until = ", entry) else [one for one in left if _is_of(one, entry)]
        left = [one for one in left if one not in mine]
        lines = "".join(f"    {_line(one, tolerance)},\n" for one in mine)
        written.append(f"{entry}recorded = [\n{lines}]\n" if mine else entry)
    if left:
        raise SystemExit(f"{path.name} has no entry for {left[0].call}")
    path.write_text("\n".join(part.rstrip("\n") + "\n" for part in written), encoding="utf-8")


def _is_of(one: Number, entry: str) -> bool:
    variant = re.search(r'(?m)^variant = "(.*)"$', entry)
    return entry.startswith(f"[[loss.{one.loss.partition(':')[0]}]]") and one.as_.partition(".")[2] == (
        variant[1] if variant else ""
    )


def _line(one: Number, usual: float) -> str:
    parts = [f'data = "{one.data}"', f"value = {one.value!r}"]
    given = [part.partition("=") for part in one.loss.partition(":")[2].split(",") if part]
    if given:
        parts.append(f"parameters = {{ {', '.join(f'{name} = {value}' for name, _, value in given)} }}")
    if one.weighted:
        parts.append("weight = true")
    if one.tolerance > usual:
        parts.append(f"exact = {one.tolerance!r}")
    return f"{{ {', '.join(parts)} }}"
