"""What losses need (`Needs`), and which columns were found for it (`Roles`): the question and its answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from losscli.common.errors import UsageError
from losscli.common.text import listed
from losscli.inputs.chunk import Want
from losscli.inputs.columns.shown import Shown
from losscli.inputs.ids import ID
from losscli.loss import Layout
from losscli.loss.spec import BoundLoss

NUMERIC = (Layout.SCALAR, Layout.VECTOR, Layout.TOGETHER, Layout.OUTPUTS)
"""What reads pairs of numeric columns, by how much is asked of them."""
BESIDE = ("weight", "group", "cluster")
"""The roles of columns that either input may have, and both if they agree."""
SPREAD = "spread"
"""The parameter of losses that read a variance or a standard deviation, and have to know which it is."""


@dataclass(frozen=True, slots=True)
class Needs:
    """Which columns the losses of a call read.

    Attributes:
        layout: the kind of columns.
        columns, label_columns: their names, where they have names of their own.
        class_predictions: whether a column of predicted class names will do for class columns.
        probabilities: whether some loss reads how sure a prediction is, and not what was decided.
        ordered: whether the order of the classes matters.
        spread: `variance` or `std`, where a loss was told that it reads that.
    """

    layout: Layout
    columns: tuple[str, ...] = ()
    label_columns: tuple[str, ...] = ()
    class_predictions: bool = False
    probabilities: bool = False
    ordered: bool = False
    spread: str | None = None


@dataclass(frozen=True, slots=True)
class Roles:
    """What is read from each input, and how the columns are called.

    Attributes:
        predictions, labels: the wanted columns per input; `labels` is empty for a single input.
        outputs: the names of the prediction columns.
        classes: the class names of the prediction columns, two readings where the labels decide:
            the column names as they are, or what follows their common prefix.
        label_classes: the class of each label column, where there are several.
        label_outputs: the names of the label columns.
        class_names: whether the predictions are one column of class names.
        by_id: whether both inputs have an id.
        why_position: why rows are paired by position, where they are.
        by_index: whether that is an index as pandas writes it, in either, and nobody said that it is an id.
        written: whether their names alone say that columns are classes.
        doubtful: whether nothing but their agreement with the labels says that columns are classes.
        shown: the columns that are carried along.
        sliced: those among whose values slices are looked for.
        unsliced: how many others were left out, of those that play no role.
        columns: the names of the columns of each role, one or several, in the spelling of the file.
        found: how a role got its column, where neither an option nor a usual name gave it.
        spread: `variance` or `std`, where the column is that by its name, and the loss reads the other.
        groups: the columns of groups, in the spelling of the file.
        beside: columns beside a prediction that are called as probabilities are.
    """

    predictions: tuple[Want, ...]
    labels: tuple[Want, ...]
    outputs: tuple[str, ...]
    classes: tuple[tuple[str, ...], ...] = ()
    label_classes: tuple[tuple[str, ...], ...] = ()
    label_outputs: tuple[str, ...] = ()
    class_names: bool = False
    by_id: bool = False
    why_position: str = ""
    by_index: bool = False
    written: bool = False
    doubtful: bool = False
    beside: tuple[str, ...] = ()
    spread: str | None = None
    groups: tuple[str, ...] = ()
    shown: tuple[Shown, ...] = ()
    sliced: tuple[Shown, ...] = ()
    unsliced: int = 0
    columns: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)
    found: Mapping[str, str] = field(default_factory=dict)

    def paired_by_position(self, why: str) -> Roles:
        """Return the same roles for rows that are paired by position, for a reason."""
        labels = tuple(want for want in self.labels if want.role != ID)
        return replace(self, labels=labels, by_id=False, by_index=False, why_position=why)

    def samples_alone(self) -> Roles:
        """Return the same roles without weights, groups and clusters, and without ids that pair nothing."""
        others = BESIDE if self.by_id else (*BESIDE, ID)
        predictions, labels = (
            tuple(want for want in side if want.option not in others)
            for side in (self.predictions, self.labels)
        )
        return replace(self, predictions=predictions, labels=labels, groups=())

    @property
    def may_exceed(self) -> bool:
        """Whether one of the columns of classes may be none; of two columns, one alone is no distribution."""
        return self.written and len(self.outputs) > 2

    def decide(self, losses: tuple[BoundLoss, ...]) -> tuple[BoundLoss, ...]:
        """Return losses with what the names of the columns say of parameters that nobody gave."""
        if self.spread is None:
            return losses
        return tuple(bound.decided({SPREAD: self.spread}) for bound in losses)


def common_needs(losses: tuple[BoundLoss, ...]) -> Needs:
    """Return which columns the losses read. Raises UsageError if they do not read the same."""
    layouts = {bound.layout for bound in losses}
    if layouts <= set(NUMERIC):
        # Of a loss on classes that reads one column the label is a class too.
        sure = any(bound.loss.family in ("binary", "margin", "multiclass") for bound in losses)
        return Needs(next(layout for layout in NUMERIC if layout in layouts), probabilities=sure)
    columns = {(bound.columns, bound.loss.label_columns) for bound in losses}
    if len(layouts) > 1 or len(columns) > 1:
        kinds = {layout: [bound.spec for bound in losses if bound.layout is layout] for layout in layouts}
        found = "; ".join(
            f"{listed(specs)} read{'s' if len(specs) == 1 else ''} {layout.value}"
            for layout, specs in kinds.items()
        )
        ways = [*_instead(losses), *(bound.remedy("columns") for bound in losses)]
        others = "".join(f" {way}." for way in ways if way)
        raise UsageError(
            "--loss",
            found,
            "losses that read the same columns",
            f"Run them separately.{others}",
        )
    class_predictions = all(bound.class_predictions for bound in losses)
    ordered = any(bound.loss.ordered_classes for bound in losses)
    told = {
        bound.parameters[SPREAD] for bound in losses if SPREAD in bound.parameters.keys() - bound.left_open
    }
    return Needs(
        layouts.pop(),
        *columns.pop(),
        class_predictions=class_predictions,
        ordered=ordered,
        spread=next(map(str, told), None),
    )


def _instead(losses: tuple[BoundLoss, ...]) -> Iterator[str]:
    """Yield how a loss is told to read the columns of another, where a parameter does that."""
    for bound in losses:
        for other in losses:
            spread = other.parameters.get(SPREAD)
            told = bound.decided({SPREAD: spread})
            if spread is not None and told.columns == other.columns != bound.columns:
                yield f"{bound.loss.name}:{SPREAD}={spread} reads what {other.loss.name} reads"
