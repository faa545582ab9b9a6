"""What a text that is no gate was meant to be: the gates to write in its place."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator

_WORDS = {
    "<=": r"=<|≤|⩽|==?|is|at most|no more than|not (?:more|greater|higher|larger|above) than?|max|up to",
    "<": r"(?:is )?(?:less|lower|smaller|below|under|lt)(?: than)?",
    ">=": r"=>|≥|⩾|at least|no less than|min(?:imum)?",
    ">": r"(?:is )?(?:more|greater|higher|larger|above|over|gt)(?: than)?",
}
_METRIC = r"[A-Za-z][^\s<>=≤≥]*(?::[a-z_]+=[^\s<>≤≥]+)*(?:\[[^\]]*\])?"
_FORMS = [
    (re.compile(rf"\s*({_METRIC})\s*(?:{words})\s*(\S+)\s*", re.IGNORECASE), sign)
    for sign, words in _WORDS.items()
]
_REVERSED = re.compile(rf"\s*(\S+)\s*(<=|<|>=|>)\s*({_METRIC})\s*")
_ALONE = re.compile(r"\s*(?:<=?)?\s*([0-9.eE+-]+)\s*")
_SEVERAL = re.compile(r"\s+and\s+|\s*&&?\s*|\s*;\s*|\s*,\s+", re.IGNORECASE)
_GATE = re.compile(rf"\s*{_METRIC}\s*(?:<=|<|>=|>)\s*[^<>]+")
_TURNED = {"<=": ">=", "<": ">", ">=": "<=", ">": "<"}
_COMMA = re.compile(rf"\s*({_METRIC}\s*(?:<=|<|>=|>))\s*(\d+),(\d+)\s*")
_PERCENT = re.compile(rf"\s*({_METRIC}\s*(?:<=|<|>=|>))\s*([0-9.]+)\s*%\s*")


def meant(text: str) -> str:
    """Return what to write in place of a text that is no gate, or nothing where that does not show."""
    several = _SEVERAL.split(text)
    if len(several) > 1 and all(map(_GATE.fullmatch, several)):
        return f"Write each as a separate gate: {' '.join(map(_option, several))}"
    percent = _PERCENT.fullmatch(text)
    if percent:
        relative = _option(f"{percent[1]} baseline + {percent[2]}%")
        return f"For a percentage of the baseline: {relative} --baseline FILE"
    if re.fullmatch(_METRIC, text.strip()):
        # The shell has taken `<` for itself.
        return f"Put the whole gate in quotes: --gate '{text.strip()} <= NUMBER'"
    number = _ALONE.fullmatch(text)
    if number and _is_number(number[1]):
        return f"For the cost of the only loss: --fail-above {number[1]}"
    return f"Did you mean {' or '.join(map(_option, found))}?" if (found := [*_gates(text)]) else ""


def _gates(text: str) -> Iterator[str]:
    """Yield the gates that a text can be read as."""
    comma = _COMMA.fullmatch(text)
    if comma:
        if len(comma[3]) % 3 == 0:
            yield f"{comma[1]} {comma[2]}{comma[3]}"
        yield f"{comma[1]} {comma[2]}.{comma[3]}"
        return
    turned = _REVERSED.fullmatch(text)
    if turned and (_is_number(turned[1]) or turned[1] == "baseline"):
        yield f"{turned[3]} {_TURNED[turned[2]]} {turned[1]}"
        return
    for form, sign in _FORMS:
        found = form.fullmatch(text)
        if found and (_is_number(found[2]) or found[2] == "baseline"):
            yield f"{found[1]} {sign} {found[2]}"
            return


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _option(gate: str) -> str:
    return f"--gate {shlex.quote(gate.strip())}"
