"""Writes the rules of `losscli recommend` as a table, wherever a page of this folder has the marks for it.

    python docs/make_rules.py            # write it anew
    python docs/make_rules.py --check    # exit with 1 if one is stale

Everything comes from `losscli/analyses/recommend/rules.py`, in its order.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from losscli.analyses.recommend.rules import RULES
from losscli.loss import Reference

HERE = Path(__file__).resolve().parent
BEGIN, END = "<!-- recommend: written from the rules -->", "<!-- /recommend -->"


def main(arguments: list[str]) -> int:
    """Write the table into every page with the marks, or compare it with what would be written."""
    stale = []
    for page in sorted(HERE.glob("*.md")):
        text = page.read_text(encoding="utf-8")
        wanted = with_table(text)
        if wanted == text:
            continue
        stale.append(page)
        if "--check" not in arguments:
            page.write_text(wanted, encoding="utf-8")
    if "--check" in arguments:
        for page in stale:
            print(f"{page.name} is stale: python docs/make_rules.py", file=sys.stderr)
        return 1 if stale else 0
    return 0


def with_table(text: str) -> str:
    """Return a page with the table between its marks replaced."""
    block = "\n".join([BEGIN, *table(), END])
    return re.sub(f"{re.escape(BEGIN)}.*?{re.escape(END)}", lambda _: block, text, flags=re.DOTALL)


def table() -> Iterator[str]:
    """Yield the lines of the table: rules for the same data side by side, the largest weight first."""
    yield "| data | loss | weight | source |"
    yield "|---|---|---:|---|"
    data = list(dict.fromkeys(rule.when for rule in RULES))
    for rule in sorted(RULES, key=lambda rule: (data.index(rule.when), -rule.weight)):
        sets = f", {rule.sets}" if rule.sets else ""
        yield f"| {rule.when} | `{rule.loss}`{sets} | {rule.weight} | {reference(rule.source)} |"


def reference(found: Reference) -> str:
    """Return a reference as a link."""
    address = f"https://doi.org/{quote(found.doi, safe='/.:;-')}" if found.doi else found.url
    return f"[{found.title}]({address})"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
