"""What a reader has to know of the inputs of a run that is no mistake: its notes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from losscli.common.text import exact_value, listed, shorten
from losscli.inputs.chunk import Want
from losscli.inputs.columns.needs import SPREAD, Needs, Roles
from losscli.inputs.edits import Edits
from losscli.inputs.pairing.align import Unmatched
from losscli.inputs.pairing.classes import FoundClasses, LabelEdits
from losscli.inputs.source import Source
from losscli.inputs.usual_names import PREDICTION_NAMES, plain
from losscli.loss.spec import BoundLoss


def first_lines(source: Source) -> Iterator[str]:
    """Yield a note of lines that are skipped above the rows, and of a text without a header."""
    comments = source.header.comments
    if comments:
        skipped = "1 comment line" if comments == 1 else f"{comments} comment lines"
        yield f"{source.name}: {skipped} above the {'header' if source.header.present else 'rows'} skipped"
    if source.header.guessed:
        columns = len(source.header.names)
        numbered = "its column is 0" if columns == 1 else f"its columns are 0 … {columns - 1}"
        yield f"{source.name}: the first line is all numbers, so there is no header; {numbered}"


def columns(source: Source, wants: Iterable[Want]) -> Iterator[str]:
    """Yield a note of each column that was read and of which there is something to tell."""
    told = (source.header.told.get(place) for want in wants for place in want.columns)
    for text in dict.fromkeys(told):
        if text is not None:
            yield f"{source.name}: {text}"


def logits(losses: tuple[BoundLoss, ...], outputs: tuple[str, ...]) -> Iterator[str]:
    """Yield a note where the name of a column says another thing than the parameter of a loss."""
    for bound in losses:
        reads = bound.parameters.get("from_logits")
        for prefix, meant in (("logit", True), ("prob", False)):
            if reads is (not meant) and any(name.lower().startswith(prefix) for name in outputs):
                yield (
                    f"{bound.spec} reads the columns {prefix}… as {'probabilities' if meant else 'logits'}; "
                    f"if they are what their names say: {bound.loss.name}:from_logits={str(meant).lower()}"
                )


def labels(roles: Roles, name: str, *, itself: bool) -> Iterator[str]:
    """Yield a note where labels seem to be predictions: the same column, or one that is called so."""
    if itself:
        column = listed([*map(shorten, roles.label_outputs)])
        yield f"predictions and labels are the same column of {name}, {column}: every one is right"
        return
    for column in roles.label_outputs:
        if "label" in roles.found and plain(column) in PREDICTION_NAMES:
            yield (
                f"the labels are the column {shorten(column)} of {name}, the only one left; "
                "is that the file of labels, and not that of another model?"
            )


def spread(roles: Roles) -> Iterator[str]:
    """Yield a note where the name of a column says that it is the other spread."""
    if roles.spread is not None:
        read = f"is read as a {roles.spread} because of its name ({SPREAD}={roles.spread})"
        yield f"the column {shorten(roles.outputs[-1])} {read}"


def order(needs: Needs, classes: tuple[str, ...]) -> Iterator[str]:
    """Yield a note of the order of classes that are no numbers, where it matters."""
    if needs.ordered and any(exact_value(name) is None for name in classes):
        yield f"the classes are in the order of their columns: {listed(classes, 12)}"


def unmapped(edits: LabelEdits, mapped: Mapping[str, str]) -> Iterator[str]:
    """Yield a note where there is no label that was to be replaced."""
    if mapped and not edits.matched and not edits.only_switches:
        yield f"no label is {' or '.join(map(shorten, mapped))} (--map-labels)"


def unrenamed(renames: LabelEdits, edits: Edits, *, names: bool) -> Iterator[str]:
    """Yield a note where `names` of classes are predicted, and none that was to be renamed."""
    if names and edits.rename_class and not renames.matched:
        olds = " or ".join(shorten(old) for old, _ in edits.rename_class)
        yield f"no predicted class is {olds} (--rename-class)"


def strangers(found: FoundClasses | None) -> Iterator[str]:
    """Yield a note where names are predicted that are no label."""
    names = () if found is None else found.only_predicted
    if names:
        yield f"{listed(names)} {'is' if len(names) == 1 else 'are'} predicted, but never a label"


def left_out(unmatched: Unmatched | None) -> Iterator[str]:
    """Yield a note where ids that were left out may be one id."""
    if unmatched is not None and unmatched.hint:
        yield f"of the ids that were left out, {unmatched.hint.removesuffix('.')}"
