"""Gates of a comparison: `NAME:mse < baseline` is on one model, a gate without a name on every candidate."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from losscli.common.errors import UsageError
from losscli.common.text import listed
from losscli.loss import Loss
from losscli.verdicts.gates.grammar import Gate, Relative, parse_gate


@dataclass(frozen=True, slots=True)
class ModelGate:
    """A gate on a model.

    Attributes:
        model: its name.
        gate: what is asked of it.
    """

    model: str
    gate: Gate

    def __str__(self) -> str:
        return f"{self.model}:{self.gate}"


def parse_gates(
    texts: Sequence[str], names: Sequence[str], find: Callable[[str], Loss], where: str = "--gate"
) -> tuple[list[ModelGate], list[UsageError]]:
    """Return the gates in texts, each on one of the models of these names, and what is wrong.

    The baseline is the first model. A name wins over a loss of that name.
    """
    found: list[ModelGate] = []
    wrong: list[UsageError] = []
    for text in texts:
        # Of two names one of which begins with the other, the longer is meant.
        named = sorted((one for one in names if text.lstrip().startswith(f"{one}:")), key=len)
        rest = text.lstrip().removeprefix(f"{named[-1]}:") if named else text
        try:
            gate = parse_gate(rest, find, where)
        except UsageError as error:
            if not named and (":" in text or not error.remedy):
                models_are = f"A gate may begin with a model: {listed([*names], 10)}"
                error.remedy = f"{error.remedy} {models_are}" if error.remedy else models_are
            wrong.append(error)
            continue
        if named and named[-1] == names[0] and isinstance(gate.threshold, Relative):
            found_, remedy = f"{names[0]} is the baseline itself", "Name another model, or none for all."
            wrong.append(UsageError(f"{where} {text}", found_, "a candidate", remedy))
            continue
        models = named[-1:] or list(names[1:])
        found += [ModelGate(model, gate) for model in models]
    return list(dict.fromkeys(found)), wrong
