"""Writes the checks of `losscli doctor` as a table, wherever a page of this folder has the marks for it.

    python docs/make_checks.py            # write it anew
    python docs/make_checks.py --check    # exit with 1 if one is stale

Everything comes from the declarations in `losscli/analyses/doctor/checks/`.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from losscli.analyses.doctor.check import Check
from losscli.analyses.doctor.checks import every

HERE = Path(__file__).resolve().parent
BEGIN, END = "<!-- checks: written from their declarations -->", "<!-- /checks -->"


def main(arguments: list[str]) -> int:
    """Write the table into every page with the marks, or compare it with what would be written."""
    block = "\n".join([BEGIN, *told(), END])
    stale = []
    for page in sorted(HERE.glob("*.md")):
        text = page.read_text(encoding="utf-8")
        wanted = re.sub(f"{re.escape(BEGIN)}.*?{re.escape(END)}", lambda _: block, text, flags=re.DOTALL)
        if wanted == text:
            continue
        stale.append(page)
        if "--check" not in arguments:
            page.write_text(wanted, encoding="utf-8")
    if "--check" in arguments:
        for page in stale:
            print(f"{page.name} is stale: python docs/make_checks.py", file=sys.stderr)
        return 1 if stale else 0
    return 0


def told() -> Iterator[str]:
    """Yield the lines: a table of all checks, and a paragraph about each."""
    yield "| | check | what is wrong | levels | rows |"
    yield "|---|---|---|---|---:|"
    for check in every():
        levels = ", ".join(check.levels)
        yield f"| {check.code} | `{check.name}` | {cell(check.lie)} | {levels} | {check.fewest} |"
    for check in every():
        yield from ["", f"### {check.name}", ""]
        yield from one(check)


def one(check: Check) -> Iterator[str]:
    """Yield what a check declares, a line of a list each."""
    yield f"- Looks at: {cell(check.looks_at)}."
    yield f"- Speaks where: {cell(check.rule)}."
    yield f"- Remedy: {cell(check.remedy)}"
    if check.evidence:
        yield f"- Seen in: {cell('; '.join(check.evidence))}."


def cell(text: str) -> str:
    """Return text as Markdown shows it, in a table too."""
    return re.sub(r"([|*_<>\\])", r"\\\1", text)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
