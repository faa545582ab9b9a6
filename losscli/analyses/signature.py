"""Signatures: what tells one computation from another, as a text that reads back.

    mse|n:442|mean|align:id|bad:error|v:0.1.0
    mse|group:sex=sex_1|n:235|mean|align:id|bad:error|weight:w|ignore:3|map:0=-1|v:0.1.0
    mse|n:440|mean|align:id|unmatched:drop|bad:error|v:0.1.0
    mse|n:442|mean|align:id|bad:error|weight:w|weights:counts|cluster:user|ci:wide-t|level:0.95|v:0.1.0
    mse|group:site=3,year=2024|n:20|mean|align:id|bad:error|v:0.1.0
    cross_entropy|n:59|mean|align:id|bad:error|rename:a=b|rename:b=a|prediction:exp|scale:100|v:0.1.0
    mse|n:442|mean|align:id|bad:error|ci:wide-t|level:0.95|adjust:holm|pairs:all|v:0.1.0
    losses.py:asymmetric:alpha=3@9f86d081884c|n:…
    mse|n:442|mean|as:keras@3.1+weights=sum|align:id|bad:error|v:0.1.0
    mse|n:442|mean|align:id|bad:error|fit:affine|seed:0|batch:35|epochs:100|decay:halving|folds:5|v:0.1.0

Two signatures are equal exactly when the computations mean the same. What may be written in several
ways has one way here: labels that are numbers count by value, and edits of labels that change
nothing, or that are said twice, do not count. Text from outside is escaped as in URLs wherever it
could be taken for the structure, or could not be seen.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from urllib.parse import unquote_to_bytes

from losscli.common.text import exact_number, exact_value, plain_number, visible
from losscli.inputs.edits import NAMES as EDITS
from losscli.loss.spec import BoundLoss, show_value

INTERVAL = "wide-t"
"""What intervals are called, those of losses of 0 and 1 included, unless somebody asks for others."""

_DIGEST_DIGITS = 12
_STRUCTURE = frozenset("%|+=,:@/#")
_TAME = re.compile(r"[\w .-]*", re.ASCII)
_FIELDS = re.compile(
    r"(?P<losses>[^|]+)(?:\|group:(?P<group>[^|]*))?"
    r"(?:\|gradient:(?P<gradient>loss|cost))?\|n:(?P<n>\d+(?:\+\d+)*)"
    r"\|(?P<reduction>mean|sum)(?:\|as:(?P<as>[\w.@+=:-]+))?\|align:(?P<alignment>id|position)(?:(?<=:id)\|unmatched:(?P<unmatched>drop))?\|bad:(?P<bad>error|drop)"
    r"(?:\|weight:(?P<weight>[^|]*)(?:\|weights:(?P<counts>counts))?)?(?:\|cluster:(?P<cluster>[^|]*))?"
    rf"(?P<edits>(?:\|(?:ignore|map|{'|'.join(EDITS)}):[^|]*)*)"
    r"(?P<fit>(?:\|fit:[^|]*\|seed:[^|]*\|batch:[^|]*\|epochs:[^|]*\|decay:[^|]*\|folds:[^|]*)?)"
    r"(?:\|ci:(?P<ci>wide-t|t|anytime|guarantee)\|level:(?P<level>[^|]*)"
    r"(?P<compare>(?:\|adjust:[^|]*(?:\|(?:pairs|by|lag|margin|planned|check|seed):[^|]*)*)?))?"
    r"\|v:(?P<version>[^|]*)"
)


@dataclass(frozen=True, slots=True)
class Identity:
    """Which loss it is.

    Attributes:
        name: that of a built-in loss or of an installed one; `file.py:NAME` without folders of a loss
            in a file.
        parameters: pairs of a name and the value as a spec writes it, in declared order, those that
            differ from their defaults.
        origin: the first digits of the SHA-256 of the file, or the distribution and its version;
            empty for what comes with losscli.
    """

    name: tuple[str, ...]
    parameters: tuple[tuple[str, str], ...] = ()
    origin: tuple[str, ...] = ()

    @staticmethod
    def of(bound: BoundLoss) -> Identity:
        """Return the identity of a loss with its parameters."""
        parameters = tuple(
            (name, show_value(bound.parameters[name]).replace("e+", "e"))
            for name, parameter in bound.loss.parameters.items()
            if bound.parameters[name] != parameter.default
        )
        source = bound.loss.origin
        if source is None:
            return Identity((bound.loss.name,), parameters)
        if not source.file:
            return Identity((bound.loss.name,), parameters, (source.package, source.version))
        member = bound.loss.name.rpartition(":")[2]
        name = (Path(source.file).name, member)
        return Identity(name, parameters, (source.version[:_DIGEST_DIGITS],))

    def __str__(self) -> str:
        parameters = ",".join(f"{_escaped(name)}={_escaped(value)}" for name, value in self.parameters)
        name = ":".join(map(_escaped, self.name)) + (f":{parameters}" if parameters else "")
        return name + (f"@{'/'.join(map(_escaped, self.origin))}" if self.origin else "")

    @staticmethod
    def read(text: str) -> Identity:
        """Return the identity that `text` writes."""
        text, _, origin = text.partition("@")
        *name, last = text.split(":")
        parameters: tuple[tuple[str, str], ...] = ()
        if "=" in last:
            parameters = tuple(_pair(part, "=") for part in last.split(","))
        else:
            name.append(last)
        origins = tuple(map(_unescaped, origin.split("/"))) if origin else ()
        return Identity(tuple(map(_unescaped, name)), parameters, origins)


@dataclass(frozen=True, slots=True)
class Signature:
    """What a figure, or the figures of a report, are figures of.

    Attributes:
        losses: one, or all of a report in their order.
        n: the samples that count, for each loss.
        reduction: `mean` or `sum`.
        as_: the library whose conventions the losses have, and what differs from them; empty for ours.
        alignment: `id` or `position`.
        unmatched: what happens to rows whose id only one input has, `error` or `drop`; without ids there
            are none.
        bad: what happens to bad rows, `error` or `drop`.
        version: that of losscli.
        group: the column and the group, for the figures of one; several pairs of a column and its value
            where groups are combinations.
        weight: the column of weights.
        weights_are: `importance` or `counts`.
        cluster: the column of clusters, for standard errors.
        level: of intervals of costs; None without.
        ci: how the intervals are computed.
        compare: how models are compared, pairs of a setting and its value: `adjust`, and, if they are not the
            usual ones, `pairs`, `by` (the groups), `lag`, `margin`, `planned` (rows), `check` and `seed`.
        ignored, mapped: the edits of labels in their canonical form (`edits`).
        edited: what else was changed, each its kind and its values (`Edits.parts`).
        gradient: of what the figures are the gradient, `loss` or `cost`; None for losses themselves.
        fit: how predictions were corrected, pairs of a setting and its value: `fit` (the model), `seed`,
            `batch`, `epochs`, `decay` and `folds`; empty for predictions as they are.
    """

    losses: tuple[Identity, ...]
    n: tuple[int, ...]
    reduction: str
    alignment: str
    bad: str
    version: str
    group: tuple[tuple[str, str], ...] = ()
    weight: str | None = None
    ignored: tuple[str, ...] = ()
    mapped: tuple[tuple[str, str], ...] = ()
    edited: tuple[tuple[str, ...], ...] = ()
    gradient: str | None = None
    fit: tuple[tuple[str, str], ...] = ()
    unmatched: str = "error"
    weights_are: str = "importance"
    cluster: str | None = None
    level: float | None = None
    ci: str = INTERVAL
    compare: tuple[tuple[str, str], ...] = ()
    as_: str = ""

    def __str__(self) -> str:
        counts = self.n if len(set(self.n)) > 1 else self.n[:1]
        group = ",".join(f"{_escaped(column)}={_escaped(value)}" for column, value in self.group)
        fields = [
            "+".join(map(str, self.losses)),
            *([f"group:{group}"] if group else []),
            *([] if self.gradient is None else [f"gradient:{self.gradient}"]),
            f"n:{'+'.join(map(str, counts))}",
            self.reduction,
            *([f"as:{self.as_}"] if self.as_ else []),
            f"align:{self.alignment}",
            *([] if self.unmatched == "error" else [f"unmatched:{self.unmatched}"]),
            f"bad:{self.bad}",
            *([] if self.weight is None else [f"weight:{_escaped(self.weight)}"]),
            *(["weights:counts"] if self.weights_are == "counts" else []),
            *([] if self.cluster is None else [f"cluster:{_escaped(self.cluster)}"]),
            *(f"ignore:{_escaped(label)}" for label in self.ignored),
            *(f"map:{_escaped(old)}={_escaped(new)}" for old, new in self.mapped),
            *(f"{kind}:{_between(kind).join(map(_escaped, values))}" for kind, *values in self.edited),
            *(f"{setting}:{_escaped(value)}" for setting, value in self.fit),
            *([] if self.level is None else [f"ci:{self.ci}", f"level:{plain_number(self.level)}"]),
            *(f"{setting}:{_escaped(value)}" for setting, value in self.compare),
            f"v:{_escaped(self.version)}",
        ]
        return "|".join(fields)


def parts(text: str) -> Signature:
    """Return what the text of a signature says; `str` gives the text back.

    Raises:
        ValueError: if it is none.
    """
    found = _FIELDS.fullmatch(text)
    if found is None:
        message = f"no signature: {visible(text[:200])}"
        raise ValueError(message)
    losses = tuple(map(Identity.read, found["losses"].split("+")))
    counts = tuple(map(int, found["n"].split("+")))
    said = [edit.partition(":") for edit in found["edits"].split("|")]
    group = () if found["group"] is None else tuple(_pair(one, "=") for one in found["group"].split(","))
    signature = Signature(
        losses=losses,
        n=counts * len(losses) if len(counts) == 1 else counts,
        reduction=found["reduction"],
        as_=found["as"] or "",
        alignment=found["alignment"],
        bad=found["bad"],
        version=_unescaped(found["version"]),
        group=group,
        weight=None if found["weight"] is None else _unescaped(found["weight"]),
        weights_are=found["counts"] or "importance",
        cluster=None if found["cluster"] is None else _unescaped(found["cluster"]),
        level=None if found["level"] is None else float(found["level"]),
        ci=found["ci"] or INTERVAL,
        compare=tuple(_pair(setting, ":") for setting in (found["compare"] or "").split("|")[1:]),
        ignored=tuple(_unescaped(label) for kind, _, label in said if kind == "ignore"),
        mapped=tuple(_pair(labels, "=") for kind, _, labels in said if kind == "map"),
        edited=tuple(
            (kind, *map(_unescaped, values.split(_between(kind))))
            for kind, _, values in said
            if kind in EDITS
        ),
        gradient=found["gradient"],
        fit=tuple(_pair(setting, ":") for setting in found["fit"].split("|")[1:]),
        unmatched=found["unmatched"] or "error",
    )
    if str(signature) != text:
        message = f"no signature that losscli writes: {visible(text[:200])}"
        raise ValueError(message)
    return signature


def edits(
    ignored: Iterable[str], mapped: Mapping[str, str], *, by_value: bool = True
) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
    """Return labels to ignore and to replace in their canonical form.

    Numbers are written by value (`1.0` is `1`), what is said twice stands there once, in order. A
    label that is replaced by itself stays as it is, and one that is ignored is not looked at again:
    such replacements do not count. Without `by_value`, where 7 and 007 are two classes, the labels that
    replace others are named as they stand.
    """
    left_out = {canonical_label(label) for label in ignored}
    replaced = {
        canonical_label(old): canonical_label(new) if by_value else new
        for old, new in mapped.items()
        if by_value or old != new
    }
    return tuple(sorted(left_out)), tuple(
        sorted(
            (old, new)
            for old, new in replaced.items()
            if not (by_value and old == new) and old not in left_out
        )
    )


def canonical_label(text: str) -> str:
    """Return the one text of all that mean the same label: numbers by value, other text as it is."""
    value = exact_value(text)
    if value is None:
        return text
    number = float(value)
    if Decimal(exact_number(number)) == value:
        return plain_number(number + 0.0).replace("e+", "e")
    sign, digits, exponent = value.as_tuple()
    assert isinstance(exponent, int)
    written = "".join(map(str, digits)).lstrip("0")
    kept = written.rstrip("0")
    return f"{'-' * sign}{kept}e{exponent + len(written) - len(kept)}"


def _escaped(text: str) -> str:
    """Return `text` without any character of the structure, and all of it visible."""
    if _TAME.fullmatch(text):
        return text
    return "".join(
        "".join(f"%{byte:02X}" for byte in letter.encode("utf-8", "surrogatepass"))
        if letter in _STRUCTURE or not letter.isprintable() or visible(letter) != letter
        else letter
        for letter in text
    )


def _between(kind: str) -> str:
    """Return what stands between the values of an edit."""
    return "=" if kind == "rename" else ","


def _pair(text: str, sign: str) -> tuple[str, str]:
    left, _, right = text.partition(sign)
    return _unescaped(left), _unescaped(right)


def _unescaped(text: str) -> str:
    return unquote_to_bytes(text).decode("utf-8", "surrogatepass")
