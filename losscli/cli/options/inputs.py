"""Options that commands share: the inputs, their columns, and what happens to bad rows.

Values are read in callbacks, so that click reports all that is wrong with a call together, before a
file is opened.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import click

from losscli.cli.command import Function, options
from losscli.cli.options.edits import edit_options, edits_of, pairs_of
from losscli.cli.options.repeat import quoted
from losscli.cli.options.row_edits import row_edit_options
from losscli.cli.sections import ADVANCED, COLUMNS, COMPUTE, ROWS, TEXT_FORMAT
from losscli.cli.terminal.complete import TYPED_LOSSES, complete_loss
from losscli.common.errors import LosscliError, UsageError, raise_together
from losscli.common.options import CHOICES, TEXT
from losscli.common.text import nearest, shorten
from losscli.inputs.format import NAMES

if TYPE_CHECKING:
    from losscli.inputs.request import Request
    from losscli.loss.spec import BoundLoss

_DELIMITERS = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";", "pipe": "|", "space": " "}

_ENCODINGS = ("utf-8", "utf-16", "utf-32", "latin-1", "ascii", "cp1250", "cp1251", "cp1252", "big5")

_FIELDS = (
    *(
        "prediction",
        "label",
        "label_id",
        "classes",
        "weight",
        "group",
        "align",
        "unmatched",
        "bad_rows",
        "ignore_label",
        "map_labels",
        "input_format",
        "label_input_format",
        "hive",
        "label_hive",
    ),
    *TEXT,
    *(f"label_{name}" for name in TEXT),
)
"""The options that a request has under their own names."""


def request_of(options: Mapping[str, Any], **more: Any) -> Request:
    """Return what the shared options ask for, and `more` of a request; the rest of it is at its defaults."""
    from losscli.inputs.request import BLOCK_ROWS, Request

    return Request(
        predictions=options["predictions"],
        labels=options["labels"],
        loss=options["losses"],
        id=options["id_"],
        block_rows=options["block_rows"] or BLOCK_ROWS,
        edits=edits_of(options),
        **{name: options[name] for name in _FIELDS},
        **more,
    )


def conflicts(options: Mapping[str, Any]) -> list[LosscliError]:
    """Return what is wrong with the shared options taken together."""
    found: list[LosscliError] = []
    if options["predictions"] == "-" and options["labels"] == "-":
        found.append(UsageError("PREDICTIONS LABELS", "both are standard input", "at most one of them"))
    request = request_of(options)
    for prefix, text_format in (("", request.prediction_format), ("label-", request.label_format)):
        if text_format.delimiter == text_format.decimal:
            taken = f"{text_format.decimal!r} also separates the columns"
            found.append(UsageError(f"--{prefix}decimal", taken, "two different characters"))
            # What is wrong for both files is said once.
            break
    return found


def collected(values: Iterable[str], read: Callable[[str], Any]) -> list[Any]:
    """Return `read` of each value. Raises all that it raises, together."""
    results, errors = [], []
    for value in values:
        try:
            results.append(read(value))
        except LosscliError as error:
            errors.append(error)
    raise_together(errors)
    return results


def _losses(
    context: click.Context, _parameter: click.Parameter, specs: tuple[str, ...]
) -> tuple[BoundLoss, ...]:
    if not specs or context.resilient_parsing:
        # While somebody types, no code of theirs is run.
        context.meta[TYPED_LOSSES] = specs
        return ()
    from losscli.loss import registry
    from losscli.loss.spec import parse_spec

    def read(spec: str) -> BoundLoss:
        try:
            return parse_spec(spec, registry.find)
        except UsageError as error:
            gated = any(one.name == "gate" for one in context.command.params)
            raise _gate_meant(spec, gated=gated) or error from None

    bound = collected(specs, read)
    # The same loss asked for twice is computed and shown once.
    return tuple({one.spec: one for one in bound}.values())


def _gate_meant(text: str, *, gated: bool) -> UsageError | None:
    """Return the error for a gate, or the left side of one, that stands where a loss is asked for.

    None where it is neither. `gated` tells whether the command takes gates.
    """
    if ".py" in text:  # no code of a user's runs for a better message
        return None
    from losscli.loss import registry
    from losscli.verdicts.gates.grammar import parse_gate

    for written in (text, f"{text} <= 0"):
        with suppress(LosscliError):
            gate = parse_gate(written, registry.find)
            found = "gate" if written == text else "figure for a gate"
            shown = quoted(str(gate) if written == text else f"{gate.metric} <= NUMBER")
            remedy = f"Gate it: --loss {quoted(gate.spec)} --gate {shown}"
            if not gated:
                remedy = f"Gates are options of `losscli evaluate`; here it is --loss {quoted(gate.spec)}"
            return UsageError("--loss", f"'{shorten(text)}' is a {found}, not a loss", "", remedy)
    return None


def _delimiter(_context: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    if value is None:
        return None
    character = _DELIMITERS.get(value, value)
    if len(character) != 1 or not character.isascii() or character in '"\n\r\0':
        raise UsageError(parameter.opts[0], repr(value), "one ASCII character, or tab")
    return character


def _decimal(_context: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    if value not in (None, ".", ","):
        raise UsageError(parameter.opts[0], repr(value), "a point or a comma")
    return value


def _comment(_context: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    if value is not None and (
        len(value) != 1 or not value.isascii() or value.isalnum() or value in '"\n\r\0 .+-'
    ):
        raise UsageError(parameter.opts[0], repr(value), "one ASCII character, such as %")
    return value


def _encoding(_context: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    if value is None:
        return None
    from losscli.inputs.header import is_text_encoding

    if not is_text_encoding(value):
        hint = nearest(value.lower(), _ENCODINGS)
        raise UsageError(
            parameter.opts[0], repr(value), "an encoding that Python knows, such as latin-1", hint
        )
    return value


def _mapping(_context: click.Context, parameter: click.Parameter, texts: tuple[str, ...]) -> dict[str, str]:
    return pairs_of(parameter.opts[0], texts, "label")


def _classes(_context: click.Context, _parameter: click.Parameter, texts: tuple[str, ...]) -> tuple[str, ...]:
    from losscli.common.options import class_names
    from losscli.inputs.columns.class_columns import verified_classes

    return verified_classes([name for text in texts for name in class_names(text)], "--classes")


file_arguments = options(
    click.argument("predictions", type=click.Path(allow_dash=True)),
    click.argument("labels", type=click.Path(allow_dash=True), required=False),
)
"""PREDICTIONS and LABELS."""


def loss_option(
    help_: str = "NAME or NAME:param=value,… (repeatable).",
) -> Callable[[Function], Function]:
    """Add `--loss`."""
    return COMPUTE.option(
        "--loss",
        "-l",
        "losses",
        multiple=True,
        metavar="SPEC",
        callback=_losses,
        shell_complete=complete_loss,
        help=help_,
    )


def column_options(
    group: str | None = "Figures per value of this column (repeatable).",
) -> Callable[[Function], Function]:
    """Add which column is what, and how rows pair; `group` says what groups are for, if there are any."""
    return options(
        COLUMNS.option(
            "--prediction",
            multiple=True,
            metavar="COLUMN",
            help="The prediction column (repeatable); one per class or output.",
        ),
        COLUMNS.option(
            "--label",
            multiple=True,
            metavar="COLUMN",
            help="The label column (repeatable); one per class or output.",
        ),
        COLUMNS.option(
            "--classes",
            multiple=True,
            metavar="A,B,…",
            callback=_classes,
            help="The names of class columns that have none.",
        ),
        COLUMNS.option(
            "--id",
            "id_",
            metavar="COLUMN",
            help="The id column of both files.",
        ),
        COLUMNS.option(
            "--weight",
            metavar="COLUMN",
            help="A column of weights ≥ 0, in either file.",
        ),
        *([COLUMNS.option("--group", multiple=True, metavar="COLUMN", help=group)] if group else []),
        ROWS.option(
            "--align",
            type=click.Choice(CHOICES["align"]),
            default="auto",
            show_default=True,
            help="How rows are paired; auto: by id if both files have one, else by position.",
        ),
        ROWS.option(
            "--unmatched",
            type=click.Choice(CHOICES["unmatched"]),
            default="error",
            show_default=True,
            help="Ids that only one file has; drop leaves their rows out and counts them.",
        ),
    )


text_options = options(
    TEXT_FORMAT.rare.option(
        "--input-format",
        type=click.Choice(NAMES),
        metavar="FORMAT",
        help=f"{', '.join(NAMES)}; detected by default.",
    ),
    TEXT_FORMAT.rare.option(
        "--hive/--no-hive", default=None, help="Folders called key=value are columns, as text."
    ),
    TEXT_FORMAT.rare.option(
        "--label-hive/--label-no-hive", default=None, help="The same of the label files alone."
    ),
    TEXT_FORMAT.rare.option(
        "--label-input-format", type=click.Choice(NAMES), help="The format of the label file alone."
    ),
    TEXT_FORMAT.option(
        "--delimiter",
        metavar="CHAR",
        callback=_delimiter,
        help="The column separator, such as , or tab; detected by default.",
    ),
    TEXT_FORMAT.rare.option(
        "--decimal",
        metavar="CHAR",
        callback=_decimal,
        help="The decimal mark: point or comma.  [default: .]",
    ),
    TEXT_FORMAT.rare.option(
        "--encoding",
        metavar="NAME",
        callback=_encoding,
        help="The text encoding.  [default: UTF-8, or what a BOM says]",
    ),
    TEXT_FORMAT.rare.option(
        "--header/--no-header",
        default=None,
        help="Whether the first line is a header; detected by default.",
    ),
    TEXT_FORMAT.rare.option(
        "--comment",
        metavar="CHAR",
        callback=_comment,
        help="Skip lines above the header that begin with this character.  [default: #]",
    ),
    TEXT_FORMAT.rare.option(
        "--label-id",
        metavar="COLUMN",
        help="The id column of the label file only.",
    ),
    TEXT_FORMAT.rare.option(
        "--label-delimiter",
        metavar="CHAR",
        callback=_delimiter,
        help="The column separator of the label file only.",
    ),
    TEXT_FORMAT.rare.option(
        "--label-decimal",
        metavar="CHAR",
        callback=_decimal,
        help="The decimal mark of the label file only.",
    ),
    TEXT_FORMAT.rare.option(
        "--label-encoding",
        metavar="NAME",
        callback=_encoding,
        help="The text encoding of the label file only.",
    ),
    TEXT_FORMAT.rare.option(
        "--label-header/--label-no-header", default=None, help="Whether the label file has a header."
    ),
    TEXT_FORMAT.rare.option(
        "--label-comment",
        metavar="CHAR",
        callback=_comment,
        help="The comment character of the label file only.",
    ),
)
row_options = options(
    ROWS.option(
        "--bad-rows",
        type=click.Choice(CHOICES["bad-rows"]),
        default="error",
        show_default=True,
        help="Missing or impossible values; drop leaves their rows out and counts them.",
    ),
    ROWS.option(
        "--ignore-label",
        multiple=True,
        metavar="VALUE",
        help="Leave out rows with this label (repeatable); they are counted.",
    ),
    ROWS.option(
        "--map-labels",
        multiple=True,
        metavar="A=B,…",
        callback=_mapping,
        help="Replace label A with B: 0=-1,1=1 (repeatable).",
    ),
    edit_options,
    row_edit_options,
    ADVANCED.rare.option(
        "--block-rows",
        type=click.IntRange(min=1),
        metavar="N",
        help="Rows in memory at a time; does not change any figure.  "
        "[default: 262144, or fewer if there are many columns]",
    ),
)
input_options = options(file_arguments, loss_option(), column_options(), text_options, row_options)
"""PREDICTIONS, LABELS, the losses, and everything that says how to read them."""
