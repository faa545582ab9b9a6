"""A loss as a library has it: what `--as keras` makes of a loss that was asked for.

It is a loss like any other to whatever computes with it: it has the columns of ours, and their losses. How
its number comes of the losses is `how.reduction` and `how.weights`, see `losscli.compute.reduced`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from losscli.common.array import Array
from losscli.common.errors import LosscliError, UsageError
from losscli.common.text import listed, nearest, shorten
from losscli.conventions import rows
from losscli.conventions.library import OURS, Entry, Library, find, libraries
from losscli.conventions.overrides import Clip, Overrides, read_override
from losscli.loss import Layout, Value
from losscli.loss.declaration import distance
from losscli.loss.domain import REAL, Columns, Domain
from losscli.loss.spec import BoundLoss, show_value

_ASKED = re.compile(r"(?P<name>[\w-]+)(?:\.(?P<variant>[\w.-]+?))?(?:@(?P<version>\d+(?:\.\d+)*))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Asked:
    """What `--as` says: a library, a variant of its call, a version, and what is to differ from that.

    Attributes:
        library: None for losscli.
        variant: which other call of it; empty for the one that is meant.
        version: of the library; empty for the newest that is known.
        overrides: what was typed behind it, `+clip=two:1e-7`; it wins.
    """

    library: Library | None
    variant: str = ""
    version: str = ""
    overrides: Overrides = field(default_factory=Overrides)

    def __str__(self) -> str:
        name = OURS if self.library is None else self.library.name
        call = f"{name}.{self.variant}" if self.variant else name
        return "+".join([f"{call}@{self.version}" if self.version else call, *self.overrides.written()])

    def entry(self, loss: str) -> Entry | None:
        """Return the call that is meant for a loss; None for losscli.

        Raises:
            UsageError: where the library has no such loss, call or version of it.
        """
        if self.library is None:
            return None
        found = self.library.of(loss, self.version)
        meant = [one for one in found if one.variant == self.variant]
        if meant:
            return meant[0]
        name, version = self.library.name, f"@{self.version}" if self.version else ""
        if found and (self.variant or all(one.variant for one in found)):
            ways = [f"{name}.{one.variant}".removesuffix(".") for one in found]
            missing = f"{name} has no {loss} called {self.variant or 'without a word'}"
            raise UsageError("--as", missing, listed(ways), nearest(f"{name}.{self.variant}", ways))
        has = tuple(dict.fromkeys(one.loss for one in self.library.entries if one.holds(self.version)))
        others = [one.name for one in libraries() if one.of(loss)]
        remedy = (
            f"Libraries with {loss}: {', '.join(others)}" if others else "To list all: losscli conventions"
        )
        raise UsageError(
            "--as", f"no convention of {name}{version} is known for {loss}", listed([*has], 40), remedy
        )


def parse_as(text: str) -> Asked:
    """Read `keras`, `keras@3.1`, `keras.metrics`, or `keras+weights=sum`; `losscli` stands for ours.

    Raises:
        UsageError: for a library, an override or a value that there is not.
    """
    name, *changes = text.split("+")
    found = _ASKED.fullmatch(name.strip())
    if found is None:
        needed = "LIBRARY, LIBRARY@VERSION, or either with +OVERRIDE=VALUE behind it"
        raise UsageError("--as", f"'{shorten(text)}'", needed, "To list them: losscli conventions")
    given: dict[str, object] = {}
    for change in changes:
        key, equals, value = change.partition("=")
        if not equals:
            raise UsageError("--as", f"'{shorten(change)}' behind the +", "OVERRIDE=VALUE, as clip=two:1e-7")
        given[key.strip()] = read_override(key.strip(), value.strip(), "--as")
    overrides = Overrides(**given)  # type: ignore[arg-type]
    if found["name"].lower() == OURS:
        if found["variant"] or found["version"]:
            raise UsageError("--as", f"'{shorten(name)}'", f"{OURS} alone: it is the version that runs")
        return Asked(None, overrides=overrides)
    whole = f"{found['name']}.{found['variant']}" if found["variant"] else found["name"]
    try:
        library, variant = find(whole), ""
    except LosscliError:
        library, variant = find(found["name"]), found["variant"] or ""
    return Asked(library, variant, found["version"] or "", overrides)


@dataclass(frozen=True)
class Theirs(BoundLoss):
    """A loss with the parameters and the convention of a library; its spec is what was asked for.

    Attributes:
        asked: the loss that was asked for.
        how: what is different.
        said: what `--as` said.
        entry: the call that is meant; None for losscli.
    """

    asked: BoundLoss = field(kw_only=True)
    how: Overrides = field(kw_only=True)
    said: Asked = field(kw_only=True)
    entry: Entry | None = field(kw_only=True)

    def __hash__(self) -> int:
        return hash((self.asked, self.how, str(self.said)))

    @property
    def convention(self) -> str:
        """What it is as, as `--as` says it."""
        return str(self.said)

    @property
    def spec(self) -> str:
        """The canonical spec of what was asked for."""
        return self.asked.spec

    @property
    def layout(self) -> Layout:
        """Which columns it reads; of several outputs it makes one loss by itself."""
        layout = self._own.layout
        return Layout.TOGETHER if layout is Layout.OUTPUTS else layout

    @property
    def label_domain(self) -> Domain:
        """What a label has to be: any number where the convention makes one of it."""
        changed = (self.how.negatives, self.how.add_label)
        return super().label_domain if changed == (None, None) else REAL

    @property
    def prediction_domain(self) -> Domain:
        """What a prediction has to be: any number where the convention makes one of it."""
        how, domain = self.how, super().prediction_domain
        free = how.link not in (None, "identity") or how.squash not in (None, "none", "logits")
        if free or how.negatives is not None or how.add_prediction is not None:
            return Columns(REAL) if self._own.layout is Layout.CLASSES else REAL
        return domain

    def value(self, label: Array, prediction: Array) -> Array:
        """Return the loss of each sample, float64 `(rows,)`."""
        return rows.row_losses(self._own, self.how, label, prediction)

    def outputs(self, label: Array, prediction: Array) -> list[Array]:
        """Return the losses of each output, float64 `(rows,)` each."""
        return rows.output_losses(self._own, self.how, label, prediction)

    def error(self, label: Array, prediction: Array) -> Array:
        """Return how far each prediction is from its label, before any loss, `(rows,)`."""
        if self._own.layout is Layout.OUTPUTS and prediction.ndim == 2:
            return distance(label, prediction)
        return super().error(label, prediction)

    def clipped(self, label: Array, prediction: Array) -> Array | None:
        """Return the mask of rows whose loss was changed by clipping; None where nothing is clipped."""
        if self.how.clip is None and self.how.denominator is None:
            if self._own.layout is Layout.OUTPUTS and prediction.ndim == 2:
                return None
            return super().clipped(label, prediction)
        free = replace(self.how, clip=None if self.how.clip is None else Clip("none"), denominator=None)
        bare = rows.row_losses(self._own, free, label, prediction)
        return np.asarray(bare != self.value(label, prediction))

    def counts(self, label: Array, prediction: Array) -> Array | None:
        """Return the mask of rows that count; None where all do."""
        return super().counts(label, prediction)

    def outside(self, label: Array, prediction: Array) -> Array | None:
        """Return the mask of rows that break the loss's constraint, unless the convention mends them."""
        return None if self.how.clip is not None else super().outside(label, prediction)

    @property
    def _own(self) -> BoundLoss:
        return BoundLoss(self.loss, self.parameters, self.left_open)


def as_library(bound: BoundLoss, said: Asked) -> BoundLoss:
    """Return a loss as a library has it.

    Raises:
        UsageError: where the library has no such loss, or the loss is code.
    """
    if bound.loss.origin is not None:
        found = f"{bound.spec} is a loss of yours"
        raise UsageError("--as", found, "a loss of losscli", "Leave out --as for it.")
    entry = said.entry(bound.loss.name)
    how = said.overrides if entry is None else said.overrides.over(entry.overrides)
    parameters: Mapping[str, Value] = {} if entry is None else entry.parameters
    taken = {name: value for name, value in parameters.items() if name not in bound.typed}
    if "eps" in bound.typed and how.clip is not None and how.clip.kind in ("two", "below", "add"):
        how = replace(how, clip=Clip(how.clip.kind, float(bound.parameters["eps"] or 0.0)))
    if "label_smoothing" in bound.typed:
        how = replace(how, smoothing=None)
    loss = replace(bound.loss, bounds=None, indicator=False, gradient=None, non_negative=None)
    return Theirs(
        loss,
        {**bound.parameters, **taken},
        bound.left_open - taken.keys(),
        bound.typed,
        asked=bound,
        how=how,
        said=said,
        entry=entry,
    )


def told(bound: Theirs) -> str:
    """Return in a sentence which call is meant, and what differs from losscli."""
    other = ", ".join(differences(bound)) or "nothing differs from losscli"
    entry, library = bound.entry, bound.said.library
    if entry is None or library is None:
        return f"{bound.spec} is not as losscli has it: {other}"
    version = bound.said.version or library.version
    return f"{bound.spec} is what {entry.call} gives ({library.title} {version}): {other}"


def differences(bound: Theirs) -> tuple[str, ...]:
    """Return what differs from losscli, as it is typed: parameters that were taken, and overrides."""
    taken = (
        f"{name}={show_value(value)}"
        for name, value in bound.parameters.items()
        if value != bound.asked.parameters[name]
    )
    return (*taken, *bound.how.written())
