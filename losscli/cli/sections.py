"""How a command describes itself: in one sentence, by examples, and by options in sections.

`--help` shows what most people need, in short; `--help-all` shows every option, and all about each.
"""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import click

from losscli.cli.terminal.complete import complete_column

Decorated = TypeVar("Decorated", bound=Callable[..., Any])

ALL = "--help-all"
_WIDEST = 26
"""Of the column of options."""


@dataclass(frozen=True, slots=True)
class Section:
    """A section of the options of a command, which are declared by its `option`.

    Attributes:
        title: its heading.
        place: where it stands.
        rarely: whether only `--help-all` shows the options.
    """

    title: str
    place: int
    rarely: bool = False

    @property
    def rare(self) -> Section:
        """The same section, for options that only `--help-all` shows."""
        return replace(self, rarely=True)

    def option(self, *names: str, **attributes: Any) -> Callable[[Decorated], Decorated]:
        """Add an option to a command, as `click.option` does, in this section of its help."""
        return click.option(*names, cls=Option, section=self, **attributes)


COMPUTE = Section("What to compute", 0)
COLUMNS = Section("Columns", 1)
ROWS = Section("Rows", 2)
OUTPUT = Section("Output", 3)
GATES = Section("Gates", 4)
TEXT_FORMAT = Section("Text", 5)
OF_EVALUATE = Section("Options of evaluate, for every check", 6)
ADVANCED = Section("Advanced", 7)


class Option(click.Option):
    """An option that knows its section of the help; a COLUMN is completed from the files that are typed."""

    def __init__(self, *args: Any, section: Section, **kwargs: Any) -> None:
        if kwargs.get("metavar") == "COLUMN":
            kwargs.setdefault("shell_complete", complete_column)
        super().__init__(*args, **kwargs)
        self.section = section

    def get_error_hint(self, ctx: click.Context | None) -> str:
        """Return what messages call it: its long name alone."""
        del ctx
        return f"'{self.opts[0]}'"

    def get_help_extra(self, ctx: click.Context) -> click.types.OptionHelpExtra:
        """Return what help says behind the text: the default, and not the range, which an error tells."""
        extra = super().get_help_extra(ctx)
        extra.pop("range", None)
        return extra


def section_of(option: click.Parameter) -> Section:
    """Return the section of an option; of one that was declared without, that of output."""
    if isinstance(option, Option):
        return option.section
    return ADVANCED if option.is_eager else OUTPUT


def help_all_option() -> click.Option:
    """Return the option `--help-all`."""

    def show(context: click.Context, _parameter: click.Parameter, value: bool) -> None:
        if value and not context.resilient_parsing:
            context.meta[ALL] = True
            click.echo(context.get_help())
            context.exit()

    return Option(
        [ALL],
        section=ADVANCED,
        is_flag=True,
        is_eager=True,
        expose_value=False,
        callback=show,
        help="Show all options, in more detail.",
    )


class Described(click.Command):
    """A command whose help has examples and sections.

    Attributes:
        group: under which heading the help of the program lists it.
        examples: command lines that work where the sample data lies in `sample_data/`.
        manual: the page of the manual about it.
    """

    def __init__(
        self, *args: Any, group: str = "", manual: str = "", examples: Iterable[str] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.group = group
        self.manual = manual
        self.examples = tuple(examples)

    def get_help_option_names(self, ctx: click.Context) -> list[str]:
        """Return `-h` and `--help`, whatever context asks first: click keeps the option that it makes."""
        del ctx
        return ["-h", "--help"]

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write what the command does: the first sentence, or all there is to say."""
        whole = inspect.cleandoc(self.help or "")
        text = _own(whole if ALL in ctx.meta else whole.partition("\n\n")[0])
        with formatter.indentation():
            formatter.write_paragraph()
            formatter.write_text(text)
        _write_lines(formatter, "Examples", self.examples)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options, section by section."""
        everything = ALL in ctx.meta
        sections: dict[tuple[int, str], list[tuple[str, str]]] = {}
        for option in self.get_params(ctx):
            section = section_of(option)
            if isinstance(option, click.Option) and (everything or not section.rarely):
                name, text = option.get_help_record(ctx) or ("", "")
                rows = sections.setdefault((section.place, section.title), [])
                rows.append((_own(name), _own(text if everything else brief(text))))
        names = [len(name) for rows in sections.values() for name, _ in rows]
        width = min(max(names), _WIDEST)
        for (_, title), rows in sorted(sections.items(), key=lambda one: one[0]):
            with formatter.section(title):
                formatter.write_dl([(name.ljust(width), text) for name, text in rows], col_max=width)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write where more is told."""
        del ctx
        formatter.write_paragraph()
        formatter.write_text(f"The manual: losscli docs {self.manual}".rstrip())


def _own(text: str) -> str:
    """Return a text of ours in the characters that stdout has."""
    if text.isascii():
        return text
    from losscli.outputs.drawing.console import looks
    from losscli.outputs.drawing.plain import to_ascii

    return to_ascii(text) if looks(sys.stdout).ascii_only else text


def brief(text: str) -> str:
    """Return the help of an option up to its first stop or semicolon, and the default."""
    said, bracket, extra = text.partition("  [")
    first, *_ = re.split(r"[.;] ", said, maxsplit=1)
    return first.rstrip(".") + "." + bracket + extra


def _write_lines(formatter: click.HelpFormatter, title: str, lines: Iterable[str]) -> None:
    """Write lines that are never wrapped: what is wrapped cannot be pasted."""
    told = "".join(f"  {line}\n" for line in lines)
    if told:
        formatter.write(f"\n{title}:\n{told}")


def write_commands(formatter: click.HelpFormatter, commands: Iterable[tuple[str, Described]]) -> None:
    """Write commands under the headings of their groups, in the order in which `GROUPS` has these."""
    grouped: dict[str, list[tuple[str, Described]]] = {group: [] for group in GROUPS}
    for name, command in commands:
        grouped.setdefault(command.group, []).append((name, command))
    rows = {group: [*_rows(those)] for group, those in grouped.items() if those}
    width = max(len(name) for those in rows.values() for name, _ in those)
    for group, those in rows.items():
        with formatter.section(group):
            formatter.write_dl([(name.ljust(width), text) for name, text in those])


def _rows(commands: Iterable[tuple[str, Described]]) -> Iterator[tuple[str, str]]:
    for name, command in commands:
        yield name, command.get_short_help_str(80)


MEASURE, UNDERSTAND, IN_CI, EXTEND, HELP = GROUPS = (
    "Measure",
    "Understand",
    "In CI",
    "Extend",
    "Help",
)
