"""Writes what libraries said into the files of conventions, and what no file has a place for beside the tests."""

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
MOST = 3
"""How many numbers of one call are kept, of different kinds of data."""


def write(name: str, numbers: list[Number]) -> None:
    """Write the numbers of a library in the place of those that were there."""
    kept = list(_kept(one for one in numbers if math.isfinite(one.value)))
    _write_entries(FOLDER / f"{name}.toml", [one for one in kept if "+" not in one.as_])
    old = json.loads(DEVIATIONS.read_text("utf-8")) if DEVIATIONS.exists() else []
    new = [asdict(one) for one in kept if "+" in one.as_]
    merged = sorted([*(one for one in old if one["library"] != name), *new], key=lambda one: json.dumps(one))
    DEVIATIONS.write_text("[\n" + ",\n".join(map(json.dumps, merged)) + "\n]\n", encoding="utf-8")


def _kept(numbers: Iterable[Number]) -> Iterable[Number]:
    count: dict[tuple[str, str, bool], int] = {}
    for one in numbers:
        key = (one.call, one.loss, one.weighted)
        count[key] = count.get(key, 0) + 1
        if count[key] <= MOST:
            yield one


def _write_entries(path: Path, numbers: list[Number]) -> None:
    head, *entries = re.split(r"(?m)^(?=\[\[loss\.)", path.read_text("utf-8"))
    left = list(numbers)
    written = [head]
    for entry in entries:
        entry = re.sub(r"(?ms)^recorded = \[\n.*?^\]\n", "", entry).rstrip("\n") + "\n"
        mine = [] if re.search(r"(?m)^until = ", entry) else [one for one in left if _is_of(one, entry)]
        left = [one for one in left if one not in mine]
        if mine:
            entry += "recorded = [\n" + "".join(f"    {_line(one)},\n" for one in mine) + "]\n"
        written.append(entry)
    if left:
        raise SystemExit(f"{path.name} has no entry for {left[0].call}")
    path.write_text("\n".join(part.rstrip("\n") + "\n" for part in written), encoding="utf-8")


def _is_of(one: Number, entry: str) -> bool:
    variant = re.search(r'(?m)^variant = "(.*)"$', entry)
    return entry.startswith(f"[[loss.{one.loss.partition(':')[0]}]]") and one.as_.partition(".")[2] == (
        variant[1] if variant else ""
    )


def _line(one: Number) -> str:
    parts = [f'data = "{one.data}"', f"value = {one.value!r}", f'version = "{one.version}"']
    given = [part.partition("=") for part in one.loss.partition(":")[2].split(",") if part]
    if given:
        parts.append(f"parameters = {{ {', '.join(f'{name} = {value}' for name, _, value in given)} }}")
    if one.weighted:
        parts.append("weight = true")
    if one.tolerance != 1e-12:
        parts.append(f"exact = {one.tolerance!r}")
    return f"{{ {', '.join(parts)} }}"
