"""The losses there are, as they are shown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from losscli.common.json import Json, Object
from losscli.loss import Loss
from losscli.loss.spec import BoundLoss, bind, show_value
from losscli.outputs.drawing.elements import Element, Entries, Entry, Words
from losscli.outputs.view import View, named

COLUMN = 28


class LossesView(View):
    """Losses in the order of the registry."""

    report: Sequence[Loss]
    columns = named(
        *("name", "family", "summary", "aliases", "elsewhere", "label", "prediction", "layout"),
        *("columns", "label_columns", "soft_labels", "gradient", "parameters", "formula", "finish"),
    )
    ours = True

    def __init__(self, report: Sequence[Loss], *, full: bool = False) -> None:
        """Show a line of each loss, or `full` domains and parameters too."""
        super().__init__(report)
        self._full = full

    def page(self) -> Iterator[Element]:
        """Yield the losses of each family."""
        return self._page(full=self._full)

    def summary(self) -> Iterator[Element]:
        """Yield the losses of each family, with domains and parameters."""
        return self._page(full=True)

    def _page(self, *, full: bool) -> Iterator[Element]:
        families = dict.fromkeys(loss.family for loss in self.report)
        for place, family in enumerate(families):
            yield Words(family, "heading", 0, apart=place > 0)
            entries = tuple(_entry(loss, full=full) for loss in self.report if loss.family == family)
            yield Entries(entries, COLUMN if full else None, cut=not full)
        count = f"{len(self.report)} losses" if len(self.report) != 1 else "1 loss"
        more = "" if full else " --full shows domains and parameters."
        yield Words(f"{count}. `losscli explain LOSS` describes one in full.{more}", "note", 0, apart=True)

    def document(self) -> Json:
        """Return all of them."""
        return [*self.lines()]

    def lines(self) -> Iterator[Object]:
        """Yield a line per loss."""
        return map(describe, self.report)


def describe(loss: Loss) -> Object:
    """Return what a loss declares."""
    return described(bind(loss, {}))


def described(bound: BoundLoss) -> Object:
    """Return what a loss declares, read with these parameters."""
    loss = bound.loss
    parameters: Object = {
        name: {"default": parameter.default, "domain": parameter.description, "help": parameter.help}
        for name, parameter in loss.parameters.items()
    }
    return {
        "name": loss.name,
        "family": loss.family,
        "summary": loss.summary,
        "aliases": list(loss.aliases),
        "elsewhere": [alias.called for alias in loss.elsewhere],
        "label": bound.label_domain.description,
        "prediction": bound.prediction_domain.description,
        "layout": bound.layout.name.lower(),
        "columns": list(bound.columns),
        "label_columns": list(loss.label_columns),
        "soft_labels": loss.soft_labels,
        "gradient": loss.gradient is not None,
        "parameters": parameters,
        "formula": loss.formula,
        "finish": loss.finish_formula or None,
    }


def _entry(loss: Loss, *, full: bool) -> Entry:
    if not full:
        return Entry(loss.name, ((loss.summary, ""),))
    bound = bind(loss, {})
    details = (
        f"label: {bound.label_domain.description}; prediction: {bound.prediction_domain.description}",
        ", ".join(f"{key}={show_value(given)}" for key, given in bound.parameters.items()),
        f"also called {', '.join(loss.aliases)}" if loss.aliases else "",
    )
    return Entry(loss.name, ((loss.summary, ""), *((detail, "note") for detail in details if detail)))
