"""The page of several checks for a browser: a table of all, then each of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from losscli.analyses.compare.report import CompareReport
from losscli.analyses.evaluate.report import Checked, CheckVerdict, worst_verdict
from losscli.outputs.drawing.elements import Card, Cards, Data, Element, Figure, Section, Words
from losscli.outputs.views.sheets.comparison import sheet as of_comparison
from losscli.outputs.views.sheets.evaluation import sheet as of_evaluation

MOST = 4
"""Checks whose pages are there, those first that did not pass; the others are in the table."""
MOST_FAILED = 50
"""Checks of which is told what is wrong with them."""
ORDER: tuple[CheckVerdict, ...] = ("error", "fail", "undecided", "pass")
WORDS = {"error": "could not be completed", "fail": "failed", "undecided": "undecided", "pass": "passed"}


def sheet(
    checks: Sequence[Checked], told: str, table: Section, failures: Callable[[Checked], Iterable[Element]]
) -> Iterator[Element]:
    """Yield what stands on the page.

    Args:
        checks: those that were run.
        told: how they ended, in a sentence.
        table: all of them.
        failures: yields what is wrong with one.
    """
    yield Words(told, worst_verdict(checks))
    verdicts = [one.verdict for one in checks]
    found = [(word, verdicts.count(word)) for word in ORDER]
    yield Cards(tuple(Card(WORDS[word], str(count)) for word, count in found if count))
    yield Words("All checks", "part")
    yield table._replace(title="")
    order = sorted(checks, key=lambda one: ORDER.index(one.verdict))
    drawn = [place for place, one in enumerate(order) if one.report is not None and one.error is None][:MOST]
    wrong = [place for place, one in enumerate(order) if one.verdict != "pass" and place not in drawn]
    shown = sorted([*drawn, *wrong[:MOST_FAILED]])
    if len(shown) < len(checks):
        yield Words(f"Below are {len(shown)} of them, those first that did not pass.", "note")
    for place in shown:
        one = order[place]
        yield Words((Data(one.name), f": {one.verdict}"), "part")
        yield from _pages(one) if place in drawn else failures(one)


def _pages(one: Checked) -> Iterator[Element]:
    """Yield the page of a check, its parts with smaller titles."""
    if isinstance(one.report, CompareReport):
        found = of_comparison(one.report, one.command)
    else:
        assert one.evaluation is not None
        found = of_evaluation(one.evaluation, one.command)
    for element in found:
        if isinstance(element, Words) and element.role == "part":
            yield element._replace(role="heading")
        elif isinstance(element, Figure):
            # What to look at first is which check did not pass.
            yield element._replace(weight=0.0)
        else:
            yield element
