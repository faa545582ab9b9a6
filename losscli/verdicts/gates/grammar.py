"""Gates as text: `mse.p95[f] <= 9000` read into a `Gate`, and printed back.

    GATE   = METRIC OP VALUE
    METRIC = SPEC [ "." FIGURE ] [ "[" GROUP "]" ]
    OP     = "<=" | "<" | ">=" | ">"
    GROUP  = a name without brackets, quotes and backslashes; blanks around it do not count. Behind an
             equals sign there may be a part in double quotes: mse[site="A, B", year=2024]
           | any name, as a JSON string: mse["a]b"]
    VALUE  = a finite number | "baseline" [ ( "+" | "-" ) AMOUNT [ "%" ] | "*" AMOUNT ]
    AMOUNT = a finite number without a sign; a factor is greater than 0

A spec holds dots, colons and equal signs, but never an operator. Blanks between these are free.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from losscli.analyses.evaluate.figures import FIGURES
from losscli.common.errors import LosscliError, UsageError
from losscli.common.text import nearest, parse_number, plain_number, pointed, shorten
from losscli.inputs.groups import PLAIN_NAME, quoted_name
from losscli.loss import Loss
from losscli.loss.spec import parse_spec
from losscli.verdicts.gates.hints import meant

OPERATORS = ("<=", "<", ">=", ">")
WORD = "baseline"
Operation = Literal["", "+", "-", "*"]

_OPERATOR = re.compile("<=|>=|<|>")
_OTHER_OPERATOR = re.compile("==|!=|≤|≥|⩽|⩾|(?<= )=(?= )")
_THE_OPERATORS = f"one of {' '.join(OPERATORS)}"
_FORM = "METRIC OP VALUE, such as mse <= 3 or mse.p95[group] < 9"
_KINDS = "a finite number, or baseline with an offset such as baseline + 2%"
_FORMS = "+ 0.01, - 0.01, * 1.02, + 2% or - 2%"
_LETTERS = re.compile(r"[^\W\d]\w*")
_AMOUNT = re.compile(r"([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
_ALSO = {
    "median": "p50",
    "q50": "p50",
    "average": "mean",
    "avg": "mean",
    "sd": "std",
    "stdev": "std",
    "total": "sum",
    "count": "n",
    "maximum": "max",
    "minimum": "min",
    "loss": "cost",
    "value": "cost",
}
"""What figures are called elsewhere."""
_LOOKALIKE = {"−": "-", "–": "-", "×": "*", "·": "*", "x": "*", "∗": "*"}  # as people type them


@dataclass(frozen=True, slots=True)
class Constant:
    """A threshold that is a finite number."""

    value: float

    def __str__(self) -> str:
        return plain_number(self.value)


@dataclass(frozen=True, slots=True)
class Relative:
    """A threshold that follows from the baseline's figure of the same name.

    `amount` is finite and not negative. With `percent` it is a percentage of the figure's size
    (its absolute value), so that `+ 2%` is above a negative figure too.
    """

    operation: Operation = ""
    amount: float = 0.0
    percent: bool = False

    def __str__(self) -> str:
        if not self.operation:
            return WORD
        return f"{WORD} {self.operation} {plain_number(self.amount)}{'%' if self.percent else ''}"

    def at(self, figure: float) -> float:
        """Return the threshold for a baseline's figure, a finite number; infinite where it overflows.

        It is the exact result, rounded once to a float64.
        """
        if self.percent:
            exact, share = Fraction(figure), Fraction(self.amount) / 100
            offset = abs(exact) * share
            try:
                return float(exact + offset if self.operation == "+" else exact - offset)
            except OverflowError:
                return math.copysign(math.inf, 1.0 if self.operation == "+" else -1.0)
        amount = self.amount
        every = {"": figure, "+": figure + amount, "-": figure - amount, "*": figure * amount}
        return every[self.operation]


Threshold = Constant | Relative
"""What a value is compared with."""


@dataclass(frozen=True, slots=True)
class Gate:
    """A condition on one figure of one loss, over all samples or over those of one group.

    `spec` is canonical, `figure` one of `FIGURES`, `operator` one of `OPERATORS`.
    `str` gives the canonical text, which reads back as the same gate.
    """

    spec: str
    figure: str
    group: str | None
    operator: str
    threshold: Threshold

    @property
    def metric(self) -> str:
        """The left side: `mse.p95[f]`."""
        figure = "" if self.figure == "cost" else f".{self.figure}"
        group = "" if self.group is None else f"[{quoted_name(self.group)}]"
        return f"{self.spec}{figure}{group}"

    def __str__(self) -> str:
        return f"{self.metric} {self.operator} {self.threshold}"


def parse_gate(text: str, find: Callable[[str], Loss], where: str = "--gate") -> Gate:
    """Read a gate. `find` turns a name into a declaration (`losscli.loss.registry.find`).

    Raises:
        UsageError: if `text` is no gate, with a caret under the place where it stops being one;
            `where` says where the text comes from.
    """
    source = _Text(text, where)
    try:
        metric, group, sign, value_at = _split(source)
        threshold = _parse_threshold(source, value_at)
        # A number before the operator is no loss: the gate is the wrong way round.
        if parse_number(metric) is not None and where == "--gate" and (hint := meant(text)):
            raise source.error(0, f"{shorten(metric)} is not a metric", _FORM, hint)
    except UsageError as error:
        hint, drawing = meant(text), error.remedy.partition("\n")[2]
        if hint:
            error.remedy = f"{hint}\n{drawing}"
            error.args = (error.where, error.found, error.needed, error.remedy)
        raise
    try:
        spec, figure = _parse_metric(metric, find, source)
    except UsageError as error:
        if error.where == where:
            raise
        raise UsageError(f"{where} {shorten(text)}", error.found, error.needed, error.remedy) from None
    return Gate(spec, figure, group, sign, threshold)


def metric_of(text: str) -> str:
    """Return the spec and the figure of a gate as written; all of a text that is no gate, such as a spec."""
    try:
        return _split(_Text(text, ""))[0]
    except UsageError:
        return text


@dataclass(frozen=True, slots=True)
class _Text:
    """The text of a gate, and where it comes from."""

    text: str
    where: str

    def after_blanks(self, start: int) -> int:
        """Return the first place from `start` on that holds no blank."""
        return len(self.text) - len(self.text[start:].lstrip())

    def error(self, place: int, found: str, needed: str, hint: str = "") -> UsageError:
        """Return an error with the text and a caret under the place below it."""
        return UsageError(self.where, found, needed, f"{hint}\n{pointed(self.text, place)}")


def _split(source: _Text) -> tuple[str, str | None, str, int]:
    """Return metric, group and operator of a gate, and where its value begins."""
    text = source.text
    sign = _OPERATOR.search(text)
    end = sign.start() if sign else len(text)
    group = None
    grouped = _find_group(source, end)
    if grouped is not None:
        end, group, sign = grouped
    if sign is None:
        other = _OTHER_OPERATOR.search(text)
        found = f"{other.group()} is not an operator" if other else "there is no operator"
        raise source.error(other.start() if other else len(text), found, _THE_OPERATORS)
    metric = text[:end].rstrip()
    if not metric.strip():
        raise source.error(0, "there is no metric before the operator", _FORM)
    if metric.endswith("="):
        raise source.error(len(metric) - 1, "no operator begins with =", _THE_OPERATORS)
    return metric.strip(), group, sign.group(), sign.end()


def _find_group(source: _Text, end: int) -> tuple[int, str, re.Match[str]] | None:
    """Return where the group of a gate begins, its name, and the operator behind it.

    The brackets of a group are followed by an operator, those in the path of a custom loss are not.
    """
    text = source.text
    bracket = text.find("[", 0, end)
    while bracket >= 0:
        try:
            group, after = _read_group(source, bracket)
            sign = _OPERATOR.match(text, source.after_blanks(after))
            if sign:
                return bracket, group, sign
            raise source.error(after, "there is no operator after the group", _FORM)
        except UsageError:
            bracket = text.find("[", bracket + 1, end)
            if ".py:" not in text[: bracket if bracket >= 0 else end]:
                raise
    return None


def _read_group(source: _Text, bracket: int) -> tuple[str, int]:
    """Return the group in the brackets that open at `bracket`, and the place behind them."""
    text = source.text
    start = source.after_blanks(bracket + 1)
    if text[start : start + 1] == '"':
        try:
            name, end = json.JSONDecoder(strict=False).raw_decode(text, start)
        except json.JSONDecodeError as error:
            place, found = min(error.pos, len(text)), "the quoted name does not end"
            raise source.error(place, found, "a name quoted as in JSON") from None
        end = source.after_blanks(end)
    else:
        plain = PLAIN_NAME.match(text, start)
        name, end = (plain.group().strip(), plain.end()) if plain else ("", start)
        if not name and text[end : end + 1] == "]":
            raise source.error(start, "the brackets name no group", 'a name, or [""] for the empty one')
    if text[end : end + 1] != "]":
        raise source.error(end, "the group's name does not end here", '], or a quoted name: ["a]b"]')
    return name, end + 1


def _parse_metric(metric: str, find: Callable[[str], Loss], source: _Text) -> tuple[str, str]:
    """Return the canonical spec and the figure of a metric without its group."""
    head, dot, tail = metric.rpartition(".")
    if dot and tail in FIGURES:
        return parse_spec(head, find).spec, tail
    try:
        return parse_spec(metric, find).spec, "cost"
    except LosscliError as error:
        if not (tail.isidentifier() and _is_spec(head, find)):
            raise error from None
    place = source.text.index(metric) + len(head) + 1
    figures = f"one of {' '.join(FIGURES)}"
    raise source.error(place, f"there is no figure {tail}", figures, _figure_meant(tail))


def _figure_meant(tail: str) -> str:
    known = _ALSO.get(tail.lower(), tail.lower())
    return f"Did you mean {known}?" if known in FIGURES else nearest(tail, FIGURES)


def _is_spec(text: str, find: Callable[[str], Loss]) -> bool:
    try:
        parse_spec(text, find)
    except LosscliError:
        return False
    return True


def _parse_threshold(source: _Text, start: int) -> Threshold:
    """Read the VALUE of a gate: all of its text from `start` on."""
    place = source.after_blanks(start)
    written = source.text[place:].rstrip()
    if not written:
        raise source.error(place, "nothing follows the operator", _KINDS)
    value = parse_number(written)
    if value is not None:
        return Constant(value)
    letters = _LETTERS.match(source.text, place)
    if letters is not None and letters.group() == WORD:
        return _parse_offset(source, letters.end())
    found = f"{shorten(written, 30)} is not a threshold"
    raise source.error(place, found, _KINDS, _hint(written))


def _hint(written: str) -> str:
    letters = _LETTERS.match(written)
    if letters is not None and nearest(letters.group(), [WORD]):
        return f"Did you mean {WORD}?"
    if WORD in written:
        return f"The word {WORD} comes first."
    return ""


def _parse_offset(source: _Text, start: int) -> Relative:
    """Read what stands behind the word `baseline`."""
    text, place = source.text, source.after_blanks(start)
    if place == len(text):
        return Relative()
    sign = text[place]
    operation: Operation
    match sign:
        case "+" | "-" | "*":
            operation = sign
        case "." | "[":
            found = "the baseline's figure is always that of the gate itself"
            raise source.error(place, found, f"{WORD} without a figure")
        case _:
            shown = shorten(text[place:].split(maxsplit=1)[0], 20)
            hint = f"Write {_LOOKALIKE[sign]}." if sign in _LOOKALIKE else ""
            raise source.error(place, f"{shown} cannot follow {WORD}", _FORMS, hint)
    amount, after = _parse_amount(source, place + 1, operation)
    after = source.after_blanks(after)
    percent = text[after : after + 1] == "%"
    if percent and operation == "*":
        needed = f"{WORD} + {plain_number(amount)}%, or a factor without the sign"
        raise source.error(after, "a percentage is added or subtracted", needed)
    after = source.after_blanks(after + percent)
    if after < len(text):
        shown = shorten(text[after:].rstrip(), 20)
        raise source.error(after, f"unexpected {shown}", "the end of the gate")
    return Relative(operation, amount, percent)


def _parse_amount(source: _Text, start: int, operation: Operation) -> tuple[float, int]:
    """Return the amount behind an operation, and the place behind it."""
    place = source.after_blanks(start)
    rest = source.text[place:].rstrip()
    if not rest:
        raise source.error(place, f"nothing follows {operation}", "a finite number")
    found = _AMOUNT.match(source.text, place)
    if found is None:
        signed = rest[0] in "+-" and _AMOUNT.match(rest, 1) is not None
        what = "an amount has no sign of its own" if signed else f"{shorten(rest, 30)} is not an amount"
        raise source.error(place, what, "a finite number without a sign")
    amount = parse_number(found.group())
    if amount is None:
        what = f"{shorten(found.group(), 30)} is too large"
        raise source.error(place, what, "a finite number")
    if operation == "*" and amount == 0.0:
        raise source.error(place, "a factor of 0 leaves nothing", "a factor greater than 0")
    return amount, found.end()
