"""A look at the rows of one reading: what the names of its columns and its first lines leave open."""

from __future__ import annotations

from collections.abc import Sequence

from losscli.inputs.block import Block
from losscli.inputs.chunk import Want
from losscli.inputs.columns.doubts import Doubts
from losscli.inputs.columns.needs import Roles
from losscli.inputs.formats.csv.doubts import FirstLine, FirstLines
from losscli.inputs.pairing.assemble import Assembler
from losscli.inputs.pairing.classes import refuse_no_names
from losscli.inputs.request import Request
from losscli.inputs.source import Source


class Look:
    """Sees every block of one reading, and refuses at the end what its columns were wrongly taken for.

    Attributes:
        doubts: what the columns leave open.
        first_lines: what the first lines of the inputs do.
    """

    def __init__(
        self,
        request: Request,
        roles: Roles,
        inputs: Sequence[tuple[Source, tuple[Want, ...]]],
        assembler: Assembler,
    ) -> None:
        """Take what is read, and who makes blocks of it; of the inputs, that of the predictions first."""
        self._name, self._assembler = inputs[0][0].name, assembler
        self.doubts = Doubts(roles, self._name)
        self.first_lines = _first_lines(request, roles, inputs)

    def see(self, block: Block) -> None:
        """Look at the samples of a block."""
        self.doubts.see(block)
        self.first_lines.see(block)

    def refuse(self) -> None:
        """Raise LosscliError where what was read is not what it was taken for."""
        self.first_lines.refuse(self._assembler.classes)
        self.doubts.refuse()
        refuse_no_names(self._assembler.found, self._name)


def _first_lines(
    request: Request, roles: Roles, inputs: Sequence[tuple[Source, tuple[Want, ...]]]
) -> FirstLines:
    """Return the first lines that were taken for headers, to be held against the rows below."""
    lines = []
    for source, wants in inputs:
        text = [want for want in wants if want.text and want.role in ("prediction", "label")]
        cells = tuple(source.header.names[want.columns[0]] for want in text)
        lines.append(FirstLine(source.name, source.header, cells))
    asked = (request.id, request.label_id, request.weight, request.cluster)
    beside = [name for name in asked if name is not None]
    columns = (*request.prediction, *request.label, *beside, *request.group)
    said = (*request.ignore_label, *request.map_labels, *(old for old, _ in request.edits.rename_class))
    return FirstLines(lines, said, columns, classes=roles.class_names)
