"""When two outputs say the same: to the last character, or, where logarithms are in them, to 12 digits.

exp and log may differ in the last bit between processors. Figures of losses that are made without
them are the same everywhere, and compared as text. In the others, numbers of more than 12
significant digits are rounded to 12, and runs of blanks and rules, whose lengths follow those of
the numbers, count as one.
"""

from __future__ import annotations

import re

WITHOUT_LOGARITHMS = frozenset({"mse", "rmse", "mae", "l1", "hinge", "squared_hinge"})
SIGNIFICANT = 12

_SPEC = re.compile(r"""(?:--loss[ =]|loss=\[?)["']?(\w+)""")
_NUMBER = re.compile(r"(?<![\w.])-?\d+\.\d+(?:e[+-]\d+)?(?![\w.])")
_RUN = re.compile(r" +|[─-]{2,}")


def is_exact(command: str) -> bool:
    """Whether every loss that a command names is computed without exp and log, and nothing is fitted.

    The slopes that a fit follows are added up in floats, in the order that vector instructions like.
    """
    return "losscli fit" not in command and all(name in WITHOUT_LOGARITHMS for name in _SPEC.findall(command))


def rounded(text: str) -> str:
    """Return `text` with long numbers rounded, and runs of blanks and rules as one."""
    return _RUN.sub(lambda run: run.group()[0], _NUMBER.sub(_round, text))


def comparable(text: str, command: str) -> str:
    """Return what of the output of a command has to be the same on every machine."""
    return text if is_exact(command) else rounded(text)


def _round(number: re.Match[str]) -> str:
    digits = number.group().lstrip("-").partition("e")[0].replace(".", "").lstrip("0")
    return number.group() if len(digits) <= SIGNIFICANT else f"{float(number.group()):.{SIGNIFICANT}g}"
