"""Gates as text: `mse.p95[f] <= 9000` read into a `Gate`, and printed back.

    GATE   = METRIC OP VALUE
    METRIC = SPEC [ "." FIGURE ] [ "[" GROUP "]" ]
    OP     = "<=" | "<" | ">=" | ">"
    GROUP  = a name without brackets, quotes and backslashes; blanks around it do not count
           | any name, as a JSON string: mse["a]b"]
    VALUE  = a finite number, or what `losscli.verdicts.gates.threshold` reads: baseline + 2%

A spec holds dots, colons and equal signs, but never an operator.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass

from losscli.analyses.evaluate.figures import FIGURES
from losscli.common.errors import LosscliError, UsageError
from losscli.common.text import nearest, shorten, visible
from losscli.loss import Loss
from losscli.loss.spec import parse_spec
from losscli.verdicts.gates.threshold import Threshold, caret_error, parse_threshold, skip_blanks

OPERATORS = ("<=", "<", ">=", ">")
STATISTICS = tuple(FIGURES)

_PLAIN_NAME = re.compile(r'[^\[\]"\\]+')
_OPERATOR = re.compile("<=|>=|<|>")
_OTHER_OPERATOR = re.compile("==|!=|≤|≥|⩽|⩾|(?<= )=(?= )")
_FORM = "a gate is METRIC OP VALUE, such as mse <= 3 or mse.p95[group] < 9"


@dataclass(frozen=True, slots=True)
class Gate:
    """A condition on one figure of one loss, over all samples or over those of one group.

    `spec` is canonical, `statistic` a key of `STATISTICS`, `operator` a key of `OPERATORS`.
    `str` gives the canonical text, which reads back as the same gate.
    """

    spec: str
    statistic: str
    group: str | None
    operator: str
    threshold: Threshold

    @property
    def metric(self) -> str:
        """The left side: `mse.p95[f]`."""
        statistic = "" if self.statistic == "cost" else f".{self.statistic}"
        group = "" if self.group is None else f"[{_show_group(self.group)}]"
        return f"{self.spec}{statistic}{group}"

    def __str__(self) -> str:
        return f"{self.metric} {self.operator} {self.threshold}"


def parse_gate(text: str, find: Callable[[str], Loss], where: str = "--gate") -> Gate:
    """Read a gate. `find` turns a name into a declaration (`losscli.loss.registry.find`).

    Raises:
        UsageError: if `text` is no gate, with a caret under the place where it stops being one;
            `where` says where the text comes from.
    """
    metric, group, sign, value_at = _split(text, where)
    try:
        spec, statistic = _parse_metric(metric, find, text, where)
    except UsageError as error:
        if error.where == where:
            raise
        raise UsageError(f"{where} {shorten(text)}", error.found, error.needed, error.remedy) from None
    return Gate(spec, statistic, group, sign, parse_threshold(text, value_at, where))


def metric_of(text: str) -> str:
    """Return the spec and the figure of a gate as written; all of a text that is no gate, such as a spec."""
    try:
        return _split(text, "")[0]
    except UsageError:
        return text


def _split(text: str, where: str) -> tuple[str, str | None, str, int]:
    """Return metric, group and operator of a gate, and where its value begins."""
    sign = _OPERATOR.search(text)
    end = sign.start() if sign else len(text)
    grouped = _find_group(text, end, where)
    if grouped is not None:
        end, group, sign = grouped
    else:
        group = None
    if sign is None:
        other = _OTHER_OPERATOR.search(text)
        found = f"{other.group()} is no operator" if other else "there is no operator"
        place = other.start() if other else len(text)
        raise caret_error(where, text, place, found, "the operators are <= < >= >")
    metric = text[:end].rstrip()
    if not metric.strip():
        raise caret_error(where, text, 0, "nothing stands before the operator", _FORM)
    if metric.endswith("="):
        raise caret_error(where, text, len(metric) - 1, "= begins no operator", "the operators are <= < >= >")
    return metric.strip(), group, sign.group(), sign.end()


def _find_group(text: str, end: int, where: str) -> tuple[int, str, re.Match[str]] | None:
    """Return where the group of a gate begins, its name, and the operator behind it.

    The brackets of a group are followed by an operator, those in the path of a custom loss are not.
    """
    bracket = text.find("[", 0, end)
    while bracket >= 0:
        try:
            group, after = _read_group(text, bracket, where)
            sign = _OPERATOR.match(text, skip_blanks(text, after))
            if sign:
                return bracket, group, sign
            raise caret_error(where, text, after, "no operator follows the group", _FORM)
        except UsageError:
            bracket = text.find("[", bracket + 1, end)
            if ".py:" not in text[: bracket if bracket >= 0 else end]:
                raise
    return None


def _read_group(text: str, bracket: int, where: str) -> tuple[str, int]:
    """Return the group in the brackets that open at `bracket`, and the place behind them."""
    start = skip_blanks(text, bracket + 1)
    if text[start : start + 1] == '"':
        try:
            name, end = json.JSONDecoder(strict=False).raw_decode(text, start)
        except json.JSONDecodeError as error:
            raise caret_error(
                where,
                text,
                min(error.pos, len(text)),
                "the quoted name does not end",
                "write it as JSON does",
            ) from None
        end = skip_blanks(text, end)
    else:
        plain = _PLAIN_NAME.match(text, start)
        name, end = (plain.group().strip(), plain.end()) if plain else ("", start)
        if not name and text[end : end + 1] == "]":
            raise caret_error(
                where, text, start, "the brackets name no group", 'write [""] for the empty name'
            )
    if text[end : end + 1] != "]":
        raise caret_error(
            where, text, end, "the group's name does not end here", 'write ], or quote the name: ["a]b"]'
        )
    return name, end + 1


def _parse_metric(metric: str, find: Callable[[str], Loss], text: str, where: str) -> tuple[str, str]:
    """Return the canonical spec and the statistic of a metric without its group."""
    head, dot, tail = metric.rpartition(".")
    if dot and tail in STATISTICS:
        return parse_spec(head, find).spec, tail
    try:
        return parse_spec(metric, find).spec, "cost"
    except LosscliError as error:
        spec = _spec_or_none(head, find) if tail.isidentifier() else None
        if spec is None:
            raise error from None
    place = text.index(metric) + len(head) + 1
    raise caret_error(
        where,
        text,
        place,
        f"there is no figure {tail}",
        f"the figures are {' '.join(STATISTICS)}",
        nearest(tail, STATISTICS),
    )


def _spec_or_none(text: str, find: Callable[[str], Loss]) -> str | None:
    try:
        return parse_spec(text, find).spec
    except LosscliError:
        return None


def _show_group(name: str) -> str:
    if visible(name) == name and name.strip() == name and _PLAIN_NAME.fullmatch(name):
        return name
    return json.dumps(name, ensure_ascii=visible(name) != name)
