"""Reports as Python gets them: those of the analyses, which show themselves, and find a loss by its name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar

from losscli.analyses.compare import report as compare
from losscli.analyses.doctor import report as doctor
from losscli.analyses.evaluate import report as evaluate
from losscli.analyses.fit import report as fit
from losscli.analyses.gradient import report as gradient
from losscli.analyses.plan.report import Planned
from losscli.analyses.recommend import report as recommend
from losscli.analyses.reconcile import report as reconcile
from losscli.analyses.report import Head, LossResult
from losscli.common.errors import LosscliError, UsageError
from losscli.common.text import listed, nearest, shorten
from losscli.loss import registry
from losscli.loss.asked import OneLoss, function_name
from losscli.loss.spec import BoundLoss, parse_spec
from losscli.outputs.python.losses import NamedLoss
from losscli.outputs.python.shown import Shown

if TYPE_CHECKING:
    from losscli.outputs.python.frames import DataFrame

Any_ = TypeVar("Any_")
Found = TypeVar("Found", bound=LossResult)


class NoSuchLossError(UsageError, KeyError):
    """Raised when a report is asked for a loss that it does not have."""


class Made(Shown):
    """A report that is made of one of an analysis."""

    __slots__ = ()

    @classmethod
    def made_of(cls, report: Head | Planned) -> Self:
        """Return the report as one that shows itself."""
        return cls(**{one.name: getattr(report, one.name) for one in fields(report)})


class ByLoss(Made, Generic[Any_]):
    """A report with something for each of its losses, which is found by the loss."""

    __slots__ = ()

    if TYPE_CHECKING:
        results: tuple[Any_, ...]

    def __getitem__(self, loss: OneLoss | NamedLoss | int) -> Any_:
        """Return the result of a loss: by spec, by name if only one loss has that name, or by position.

        A loss or a function that was passed to the call can be given too.

        Raises:
            NoSuchLossError: a KeyError, for a loss that is not in the report; the nearest one is named.
        """
        if isinstance(loss, int):
            return self.results[loss]
        name = _spec_of(loss)
        found = self._found(name)
        if len(found) == 1:
            return found[0]
        specs = [*self]
        if found:
            what = f"{len(found)} losses are called {shorten(name)!r}"
            raise NoSuchLossError("", what, f"the spec of one of them: {listed([*map(_loss, found)])}")
        what, needed = f"there is no loss {shorten(name)!r} in the report", f"one of {listed(specs)}"
        known = dict.fromkeys((*specs, *(spec.partition(":")[0] for spec in specs)))
        raise NoSuchLossError("", what, needed, nearest(name, known))

    def _found(self, loss: str) -> list[Any_]:
        """Return the results that a text means: of a spec, as typed or in one form; else of a name."""
        canonical = _canonical(loss)
        for spec in (loss, canonical):
            found = [result for result in self.results if _loss(result) == spec]
            if found:
                return found
        return [one for one in self.results if ":" not in loss and _loss(one).startswith(f"{canonical}:")]

    def __contains__(self, loss: Any) -> bool:
        """Whether the report has exactly one result for this loss."""
        return not isinstance(loss, int) and len(self._found(_spec_of(loss))) == 1

    def __iter__(self) -> Iterator[str]:
        """Yield the specs of the losses, in the order of the call."""
        return map(_loss, self.results)

    def _ipython_key_completions_(self) -> list[str]:
        return [*self]

    def to_frame(self, *, groups: bool = False) -> DataFrame:
        """Return a pandas data frame with a row for each loss and a column for each figure.

        Args:
            groups: return a row for each loss and group instead.
        """
        from losscli.outputs.python.frames import frame
        from losscli.outputs.view import INPUTS

        view = self._view()
        rows = [row for row in view.rows() if (row.get("group") is not None) == groups]
        left_out = (*INPUTS, *(() if groups else ("group",)))
        if not any(row.get("column") is not None for row in rows):
            left_out += ("column",)
        return frame(rows, [name for name in view.columns if name not in left_out])


def _loss(result: Any) -> str:
    found: str = result.loss
    return found


class OfLosses(ByLoss[Found]):
    """A report with the figures of each of its losses."""

    __slots__ = ()

    if TYPE_CHECKING:
        columns: Any

    @property
    def cost(self) -> float:
        """The cost, if there is one loss. Raises UsageError if there are several."""
        if len(self.results) > 1:
            found = f"the report has {len(self.results)} losses, each with its own cost"
            remedy = f'Say which: report["{shorten(self.results[0].loss)}"].cost'
            raise UsageError("", found, "one loss", remedy)
        return self.results[0].cost

    def worst_frame(self, loss: str | None = None) -> DataFrame:
        """Return the worst samples as a pandas data frame, the worst of each loss first.

        Args:
            loss: the loss to take them from; by default all losses. With several losses, the column
                `spec` says which one.
        """
        from losscli.outputs.python.frames import frame

        results = self.results if loss is None else (self[loss],)
        several = {"spec"} if len(results) > 1 else set()
        rows = [{"spec": one.loss, **self._sample(one, sample)} for one in results for sample in _worst(one)]
        names = dict.fromkeys(name for row in rows for name in row if name != "spec" or several)
        if not any(row["id"] is not None for row in rows):
            names.pop("id", None)
        if any(row["shard"] for row in rows):
            # As in a file of samples, the file stands before the row.
            names = {"shard": None} | names
        else:
            names.pop("shard", None)
        return frame(rows, [*names])

    def _sample(self, result: Found, sample: Any) -> dict[str, Any]:
        """Return a sample as columns; of several numbers, one each, as in a file of samples."""
        found: dict[str, Any] = {}
        # Which line a row is on says a message; files of samples have no such column either.
        for name in (one.name for one in fields(sample) if one.name != "line"):
            value = getattr(sample, name)
            if isinstance(value, Mapping):
                found |= value
            elif isinstance(value, tuple):
                parts = self._parts(result, name, len(value))
                found |= {f"{name}_{part}": one for part, one in zip(parts, value, strict=True)}
            else:
                found[name] = value
        return found

    def _parts(self, result: Found, role: str, count: int) -> Sequence[str]:
        own = getattr(getattr(result, "gradient", None), "columns", ()) if role == "gradient" else ()
        read = self.columns.get(role, ())
        names = own or ((read,) if isinstance(read, str) else read)
        return names if len(names) == count else [*map(str, range(count))]


def _worst(result: Any) -> Sequence[Any]:
    found: Sequence[Any] = result.worst
    return found


def _spec_of(loss: OneLoss | NamedLoss) -> str:
    if isinstance(loss, str):
        return loss
    return loss.spec if isinstance(loss, (BoundLoss, NamedLoss)) else function_name(loss)


def _canonical(loss: str) -> str:
    """Return the spec that a text stands for; the text where it is none. No code of a user's runs."""
    try:
        with registry.no_code(frozenset(), "", ""):
            return parse_spec(loss, registry.find).spec
    except LosscliError:
        return loss


class Report(OfLosses[evaluate.Result], evaluate.Report):
    """What `evaluate` found."""

    __slots__ = ()


class GradientReport(OfLosses[gradient.GradientResult], gradient.GradientReport):
    """What `gradient` found."""

    __slots__ = ()


class CompareReport(ByLoss[compare.LossComparison], compare.CompareReport):
    """What `compare` found."""

    __slots__ = ()


class FitReport(Made, fit.FitReport):
    """What `fit` found."""

    __slots__ = ()


class Plan(Made, Planned):
    """How many rows a gate needs."""

    __slots__ = ()


class Examination(Made, doctor.Examination):
    """What `doctor` found."""

    __slots__ = ()


class Reconciliation(Made, reconcile.Reconciliation):
    """What `reconcile` found."""

    __slots__ = ()


class Advice(Made, recommend.Advice):
    """What `recommend` found."""

    __slots__ = ()

    def to_frame(self) -> DataFrame:
        """Return a pandas data frame with a row for each recommended loss."""
        from losscli.outputs.python.frames import frame

        names = ("rank", "loss", "cost", "reasons", "pull", "flat")
        rows = [{name: getattr(one, name) for name in names} for one in self.recommendations]
        return frame([row | {"reasons": " ".join(row["reasons"])} for row in rows], names)
