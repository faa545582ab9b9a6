"""Options that commands share: the inputs, their columns, and what happens to bad rows."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

import click

from losscli.cli._complete import complete_loss
from losscli.errors import LosscliError, UsageError

if TYPE_CHECKING:
    from losscli.sources.columns import Choice
    from losscli.sources.csv import TextFormat
    from losscli.spec import BoundLoss

Function = TypeVar("Function", bound=Callable[..., Any])
_DELIMITERS = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";", "pipe": "|", "space": " "}


def input_options(command: Function) -> Function:
    """Add PREDICTIONS, LABELS, the losses, and everything that says how to read them."""
    decorators = [
        click.argument("predictions", type=click.Path(allow_dash=True)),
        click.argument("labels", type=click.Path(allow_dash=True), required=False),
        click.option(
            "--loss",
            "specs",
            multiple=True,
            metavar="SPEC",
            shell_complete=complete_loss,
            help="What to compute: NAME or NAME:param=value,…; repeatable.",
        ),
        click.option(
            "--prediction",
            multiple=True,
            metavar="COLUMN",
            help="The prediction column; repeat it for classes and vectors.",
        ),
        click.option("--label", multiple=True, metavar="COLUMN", help="The label column; repeatable."),
        click.option("--id", "id_", metavar="COLUMN", help="The id column, of both files."),
        click.option("--weight", metavar="COLUMN", help="A column of weights ≥ 0, in either file."),
        click.option("--group", metavar="COLUMN", help="A column of groups, each with figures of its own."),
        click.option(
            "--align",
            type=click.Choice(["auto", "id", "position"]),
            default="auto",
            show_default=True,
            help="Pair rows by id, by position, or by id if both files have one.",
        ),
        click.option(
            "--delimiter", metavar="CHAR", help="What separates the columns (or: tab); else found out."
        ),
        click.option("--decimal", metavar="CHAR", help="The decimal mark of numbers.  [default: .]"),
        click.option(
            "--encoding", metavar="NAME", help="The encoding of the text.  [default: UTF-8, or by its BOM]"
        ),
        click.option(
            "--header/--no-header",
            default=None,
            help="Whether the first line names the columns; else found out.",
        ),
        click.option("--label-id", metavar="COLUMN", help="The id column of the label file alone."),
        click.option("--label-delimiter", metavar="CHAR", help="The separator of the label file alone."),
        click.option("--label-decimal", metavar="CHAR", help="The decimal mark of the label file alone."),
        click.option("--label-encoding", metavar="NAME", help="The encoding of the label file alone."),
        click.option(
            "--label-header/--label-no-header", default=None, help="The header of the label file alone."
        ),
        click.option(
            "--bad-rows",
            type=click.Choice(["error", "drop"]),
            default="error",
            show_default=True,
            help="Refuse missing, non-numeric, non-finite and out-of-domain values, or leave such "
            "rows out and count them.",
        ),
        click.option(
            "--ignore-label",
            multiple=True,
            metavar="VALUE",
            help="Leave out rows with this label, and count them; repeatable.",
        ),
        click.option(
            "--map-labels", multiple=True, metavar="A=B,…", help="Replace label A by B, such as 0=-1,1=1."
        ),
        click.option(
            "--block-rows",
            type=click.IntRange(min=1),
            metavar="N",
            help="Rows in memory at a time; changes no figure.  [default: 262144]",
        ),
    ]
    for decorator in reversed(decorators):
        command = decorator(command)
    return command


class Inputs:
    """What the shared options of one call say. Making it raises nothing; `errors` holds what is wrong."""

    def __init__(self, options: Mapping[str, Any]) -> None:
        self._options = options
        self.errors: list[LosscliError] = []
        self.losses: tuple[BoundLoss, ...] = tuple(self._losses())
        self.choice: Choice = self._choice()
        self.prediction_format: TextFormat = self._format("")
        self.label_format: TextFormat = self._format("label_")
        self.mapped: dict[str, str] = self._mapped()
        self._refuse_two_standard_inputs()

    def _losses(self) -> list[BoundLoss]:
        from losscli import registry
        from losscli.spec import parse_spec

        found: dict[str, BoundLoss] = {}
        for spec in self._options["specs"]:
            try:
                bound = parse_spec(spec, registry.find)
            except LosscliError as error:
                self.errors.append(error)
                continue
            found.setdefault(bound.spec, bound)
        return list(found.values())

    def _choice(self) -> Choice:
        from losscli.sources.columns import Choice

        options = self._options
        return Choice(
            prediction=options["prediction"],
            label=options["label"],
            weight=options["weight"],
            group=options["group"],
            id=options["id_"],
            label_id=options["label_id"],
            align=options["align"],
        )

    def _format(self, prefix: str) -> TextFormat:
        from losscli.sources.csv import TextFormat

        def chosen(name: str) -> Any:
            own = self._options[prefix + name]
            return self._options[name] if own is None else own

        option = f"--{prefix.replace('_', '-')}"
        delimiter, decimal, encoding = chosen("delimiter"), chosen("decimal") or ".", chosen("encoding")
        delimiter = _DELIMITERS.get(delimiter, delimiter) if delimiter is not None else None
        if delimiter is not None and (
            len(delimiter) != 1 or not delimiter.isascii() or delimiter in '"\n\r\0'
        ):
            self._refuse(prefix, f"{option}delimiter", repr(delimiter), "one ASCII character, or tab")
        if decimal not in (".", ","):
            self._refuse(prefix, f"{option}decimal", repr(decimal), "a point or a comma")
        if delimiter == decimal:
            self._refuse(
                prefix, f"{option}decimal", f"{decimal!r} separates the columns too", "two characters"
            )
        if encoding is not None and not _is_text_encoding(encoding):
            self._refuse(
                prefix, f"{option}encoding", repr(encoding), "an encoding that Python knows, such as latin-1"
            )
        return TextFormat(delimiter, decimal, encoding, chosen("header"))

    def _refuse(self, prefix: str, where: str, found: str, needed: str) -> None:
        own = prefix + where.rpartition("-")[2]
        # What --delimiter says wrong for both files is said once.
        if not prefix or self._options[own] is not None:
            self.errors.append(UsageError(where, found, needed))

    def _mapped(self) -> dict[str, str]:
        mapped: dict[str, str] = {}
        for text in self._options["map_labels"]:
            for pair in text.split(","):
                old, equals, new = (part.strip() for part in pair.partition("="))
                if not (old and equals and new):
                    self.errors.append(UsageError("--map-labels", repr(pair), "A=B,C=D"))
                elif mapped.get(old, new) != new:
                    self.errors.append(UsageError("--map-labels", f"{old!r} is mapped twice", "once"))
                mapped[old] = new
        return mapped

    def _refuse_two_standard_inputs(self) -> None:
        if self._options["predictions"] == "-" and self._options["labels"] == "-":
            self.errors.append(
                UsageError("PREDICTIONS LABELS", "both are standard input", "one of them at most")
            )


def _is_text_encoding(name: str) -> bool:
    try:
        "a".encode(name)
        return codecs.lookup(name).name not in ("idna", "punycode", "undefined")
    except (LookupError, UnicodeError, ValueError):
        return False
