"""Writes what the documentation says about losses: a page each in `losses/`, and the list in the README.

    python docs/make_losses.py            # write them anew
    python docs/make_losses.py --check    # exit with 1 if they are stale

Everything comes from the declarations, in the order of the registry, and from the conventions of libraries.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path

from losscli.common.text import plain_number
from losscli.conventions.library import calls_of, told_calls
from losscli.loss import Convention, Example, Loss, Reference, registry
from losscli.loss.elsewhere import also_called, told_elsewhere
from losscli.loss.names import LIBRARIES, bare, library
from losscli.loss.no_losses import NO_LOSSES
from losscli.loss.spec import bind, show_value

HERE = Path(__file__).resolve().parent
PAGES = HERE / "losses"
README = HERE.parent / "README.md"
BEGIN, END = "<!-- losses: written by docs/make_losses.py -->", "<!-- /losses -->"
INTRODUCTION = """\
# Losses

Written by `docs/make_losses.py` from the declarations in `losscli/catalogue/`; do not edit.
`losscli explain LOSS` shows the same with a curve, and `losscli losses` a list.

y is the label, ŷ the prediction, and r = ŷ − y. A formula is for one sample; the cost is the mean over the
samples unless the page says otherwise. A gradient is that of one sample's loss with respect to the
prediction.
"""

ELSEWHERE = """\
## As other libraries call them

Case, hyphens and underscores do not matter in names of losses, and losscli's own names take precedence.
These names of other libraries work too, with or without the library before them (`torch.nn.MSELoss`).
Parameters can follow, under the library's names or losscli's: `mean_pinball_loss:alpha=0.9`. Results always
show the spec in the second column, with the parameters that make the two equal.

If the second column has × or "not", the library computes a different number. Such a name is refused, and
the message says what to use. So is a name that two libraries give to different numbers, unless the library
is named before it.
"""
NOT_LOSSES = """\
## What is no loss

These figures are not the mean of a loss over the samples. If you ask for one, the message says so, and says
what to use instead.
"""


def main(arguments: list[str]) -> int:
    """Write all pages, or compare them with what would be written."""
    losses = list(registry.all_losses())
    wanted = {
        README: with_list(README.read_text(encoding="utf-8"), losses),
        PAGES / "index.md": index(losses),
        **{PAGES / f"{loss.name}.md": "\n".join(page(loss)) + "\n" for loss in losses},
    }
    stale = [path for path, text in wanted.items() if not path.exists() or path.read_text("utf-8") != text]
    # A page whose loss is gone is as wrong as a page that is old.
    gone = sorted(set(PAGES.glob("*.md")) - set(wanted))
    if "--check" in arguments:
        for path in (*stale, *gone):
            print(f"{path.name} is stale: python docs/make_losses.py", file=sys.stderr)
        return 1 if stale or gone else 0
    PAGES.mkdir(exist_ok=True)
    for path in stale:
        path.write_text(wanted[path], encoding="utf-8")
    for path in gone:
        path.unlink()
    return 0


def index(losses: list[Loss]) -> str:
    """Return the page that lists all losses."""
    lines = [INTRODUCTION]
    for family, members in groupby(losses, lambda loss: loss.family):
        lines += [f"## {family}", "", "| | |", "|---|---|"]
        lines += [f"| [{loss.name}]({loss.name}.md) | {cell(loss.summary)} |" for loss in members]
        lines.append("")
    return "\n".join([*lines, *by_library(losses), "", *no_losses()]) + "\n"


def by_library(losses: list[Loss]) -> Iterator[str]:
    """Yield the table of what other libraries call the losses."""
    yield ELSEWHERE
    yield from ("| there | here | |", "|---|---|---|")
    rows = [row for loss in losses for row in theirs(loss)]
    for name, title in LIBRARIES.items():
        mine = sorted(((bare(called), row) for called, *row in rows if library(called) == name), key=str)
        if mine:
            yield f"| **{title}** | | |"
            yield from (f"| `{there}` | {here} | {cell(note)} |" for there, (here, note) in mine)


def theirs(loss: Loss) -> Iterator[tuple[str, str, str]]:
    """Yield the names of a loss elsewhere, what to type for each, and what to know about it."""
    page = f"({loss.name}.md)"
    for alias in loss.elsewhere:
        renamed = ", ".join(f"{there} is {here}" for there, here in alias.renamed.items())
        yield alias.called, f"[`{bind(loss, alias.parameters).spec}`]{page}", renamed
    for found in loss.conventions:
        for name in found.names:
            times = f"{found.factor} × " if found.factor else "not "
            yield name, f"{times}[`{loss.name}`]{page}", found.difference


def no_losses() -> Iterator[str]:
    """Yield the table of figures that are no losses."""
    yield NOT_LOSSES
    yield from ("| | why | instead |", "|---|---|---|")
    for one in NO_LOSSES:
        names = ", ".join(f"`{name}`" for name in one.names.split())
        yield f"| {names} | {cell(one.why)} | {cell(one.instead)} |"


def with_list(readme: str, losses: list[Loss]) -> str:
    """Return the README with the list between its marks replaced."""
    lines = [
        f"- **{family}**: {', '.join(f'`{loss.name}`' for loss in members)}"
        for family, members in groupby(losses, lambda loss: loss.family)
    ]
    text = "\n".join([BEGIN, *lines, END])
    return re.sub(f"{re.escape(BEGIN)}.*?{re.escape(END)}", lambda _: text, readme, flags=re.DOTALL)


def page(loss: Loss) -> Iterator[str]:
    """Yield the lines on one loss."""
    yield f"# {loss.name}"
    yield ""
    yield f"[Losses](index.md), {loss.family}."
    yield ""
    yield sentence(capitalised(loss.summary))
    yield ""
    yield "| | |"
    yield "|---|---|"
    yield from (f"| {name} | {text} |" for name, text in facts(loss))
    if loss.parameters:
        yield from ("", "| parameter | default | values | |", "|---|---|---|---|")
        for name, parameter in loss.parameters.items():
            values = cell(parameter.description)
            yield f"| `{name}` | `{show_value(parameter.default)}` | {values} | {cell(parameter.help)} |"
    yield from ("", f"**Use:** {sentence(loss.use)}", "", f"**Avoid:** {sentence(loss.avoid)}")
    yield from items("Pitfalls", loss.pitfalls)
    known = (call.call for _, call in calls_of(loss.name))
    yield from items("Elsewhere", map(convention, told_elsewhere(loss, known)))
    yield from items("In other libraries, for [`--as`](../conventions.md)", told_calls(loss.name))
    yield from items("Worked by hand", map(example, loss.examples))
    yield from items("References", map(reference, loss.references))


def facts(loss: Loss) -> Iterator[tuple[str, str]]:
    """Yield the rows of the first table."""
    bound = bind(loss, {})
    names = also_called(loss)
    if names:
        yield "also called", ", ".join(f"`{name}`" for name in names)
    yield "loss", code(loss.formula)
    if loss.gradient_formula:
        yield "gradient", code(loss.gradient_formula)
    if loss.kink:
        yield "kink", cell(loss.kink)
    yield "cost", code(loss.finish_formula) if loss.finish_formula else "the mean of the losses"
    soft = ", or a row of probabilities in columns `label_<class>`" if loss.soft_labels else ""
    yield "label", cell(bound.label_domain.description) + soft
    yield "prediction", cell(bound.prediction_domain.description)
    if loss.constraint:
        yield "together", cell(loss.constraint.description)
    names = f": {', '.join(f'`{name}`' for name in loss.columns)}" if loss.columns else ""
    yield "columns", bound.layout.value + names
    shape = {
        "convex in the prediction": bound.convex,
        "never negative": bound.non_negative,
        "0 for a perfect prediction": bound.zero_at_perfect,
    }
    yield (
        "shape",
        "; ".join(
            fact if holds else f"not {fact}".replace("not never negative", "can be negative")
            for fact, holds in shape.items()
        ),
    )


def items(title: str, lines: Iterable[str]) -> Iterator[str]:
    """Yield a list under its title, nothing for an empty one."""
    found = [f"- {cell(line)}" for line in lines]
    if found:
        yield from ("", f"**{title}**", "", *found)


def convention(found: Convention) -> str:
    """Return how a library's number differs."""
    factor = f" (theirs = {found.factor} × ours)" if found.factor not in ("", "1") else ""
    return f"{found.library}: {found.difference}{factor}"


def example(found: Example) -> str:
    """Return a worked example."""
    given = ", ".join(f"{name}={show_value(value)}" for name, value in found.parameters.items())
    label, prediction = numbers(found.label), numbers(found.prediction)
    with_ = f" with {given}" if given else ""
    note = f" ({found.note})" if found.note else ""
    return f"label {label}, prediction {prediction}{with_}: loss {numbers(found.loss)}{note}"


def reference(found: Reference) -> str:
    """Return a reference, its address as a link."""
    address = f"https://doi.org/{found.doi}" if found.doi else found.url
    return f"{found.title}, <{address}>" if address else found.title


def numbers(value: float | tuple[float, ...]) -> str:
    """Return a number, or a row of them."""
    return f"({', '.join(map(plain_number, value))})" if isinstance(value, tuple) else plain_number(value)


def sentence(text: str) -> str:
    """Return a clause as a sentence of its own."""
    return cell(text) + ("" if text.endswith(".") else ".")


def capitalised(text: str) -> str:
    """Return a clause as the beginning of a sentence; a letter that is a number, such as e, stays."""
    stays = text[1:2] == " " and text[0] != "a"
    return text if stays else text[0].upper() + text[1:]


def cell(text: str) -> str:
    """Return text that no table or markup of Markdown trips over; links in brackets stay links."""
    return re.sub(r"[|*]|<(?=[A-Za-z/!])(?!https?:)", r"\\\g<0>", text)


def code(formula: str) -> str:
    """Return a formula as code inside of a table's cell."""
    parts = [part.strip() for part in re.split(r";  |,  ", formula)]
    return ", ".join(f"`{part.replace('|', chr(92) + '|')}`" for part in parts)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
