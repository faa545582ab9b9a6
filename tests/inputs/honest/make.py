"""Pairs of files as the tools of the field write them, and what the tools say that their cost is.

    python tests/inputs/honest/make.py

writes a folder per pair, and `cases.json`: `argv`, run in that folder; `option`, where losscli refuses
without it, and its message names it; `cost` and `n`; the `tool` and its version where it ran, else its format
as it is documented, which was followed (`after`). The costs are of scikit-learn's metrics, of the values as
written.

It needs scikit-learn, pandas, LightGBM, XGBoost, CatBoost, polars, DuckDB, statsmodels, PySpark and H2O, and
a Java for these two. The tests need nothing of that.
"""

from __future__ import annotations

import json
import shutil
import sys
import warnings
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))
CASES: list[dict[str, Any]] = []


def pair(
    name: str,
    loss: str,
    cost: float,
    n: int,
    *,
    tool: str,
    files: Sequence[str] = ("predictions.csv", "labels.csv"),
    more: Sequence[str] = (),
    option: Sequence[str] = (),
    after: str = "",
) -> None:
    """Note a pair whose files stand in its folder.

    Args:
        name: the folder.
        loss: what to compute.
        cost: what the tool says that it is.
        n: how many samples.
        tool: the package that wrote the files, whose version is looked up; with `after`, its name.
        files: the two files, or the one that has both.
        more: what the user has to say in any case, as the columns of a question about one of several.
        option: what the message of losscli says that is missing.
        after: the documented format that was followed, where the tool did not run.
    """
    made = {"tool": tool, "after": after} if after else {"tool": tool, "version": version(tool)}
    CASES.append(
        {
            "name": name,
            **made,
            "argv": ["evaluate", *files, "--loss", loss, *more],
            **({"option": list(option)} if option else {}),
            "cost": float(cost),
            "n": int(n),
        }
    )


def folder(name: str) -> Path:
    """Return the folder of a pair, new."""
    place = HERE / name
    if place.exists():
        shutil.rmtree(place)
    place.mkdir()
    return place


def write(name: str, **texts: str | bytes) -> None:
    """Write the files of a pair: `predictions_csv="…"`."""
    place = folder(name)
    for file, text in texts.items():
        path = place / ".".join(file.rsplit("_", 1))
        path.write_bytes(text if isinstance(text, bytes) else text.encode())


def main() -> None:
    """Make all pairs."""
    warnings.filterwarnings("ignore")
    import by_boosters
    import by_documents
    import by_frames
    import by_java

    for module in (by_frames, by_boosters, by_documents, by_java):
        module.make()
    CASES.sort(key=lambda case: case["name"])
    lines = ",\n".join(json.dumps(case, ensure_ascii=False) for case in CASES)
    (HERE / "cases.json").write_text(f"[\n{lines}\n]\n", "utf-8")
    print(len(CASES), "pairs")


if __name__ == "__main__":
    sys.modules["make"] = sys.modules["__main__"]
    main()
