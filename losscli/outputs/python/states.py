"""States as callers from Python name them: files that are written and merged."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from losscli.analyses.evaluate.report import Report as EvaluatedReport
from losscli.analyses.evaluate.states.made import no_states
from losscli.analyses.evaluate.states.state import State
from losscli.analyses.evaluate.states.text import write_state
from losscli.common.errors import UsageError, raise_together
from losscli.inputs.request import Request
from losscli.loss import registry
from losscli.outputs.python.judging import Against, Judging
from losscli.verdicts.gates.baseline import no_baseline
from losscli.verdicts.judged import Standard, evaluate, merge

if TYPE_CHECKING:
    from losscli.analyses.parts import Crew

Path = str | os.PathLike[str]


def no_state(given: Any) -> Iterator[UsageError]:
    """Yield an error where what is given as a file for a state is none."""
    if given is not None and not isinstance(given, (str, os.PathLike)):
        yield UsageError("state", f"a {type(given).__name__}", "the path of a file")
    elif given is not None and os.fspath(given) == "-":
        yield UsageError("state", "- is standard output", "the path of a file")


def evaluated(
    request: Request, standard: Standard, path: Path | None, crew: Crew | None = None
) -> EvaluatedReport:
    """Return the judged report of a request, and write its state where a path is given."""
    if standard.predictions is not None and (path is not None or crew is not None):
        found, needed = "there are baseline_predictions", "one of the two"
        raise UsageError("state" if path is not None else "engine", found, needed)
    if path is None:
        return evaluate(request, standard, crew=crew)
    raise_together(no_states(request.loss, request.reduction, "state"))
    kept: list[State] = []
    request = replace(request, fingerprints=True, mergeable=True)
    report = evaluate(request, standard, keep=kept.append)
    write_state(path, kept[0])
    return report


def merged(states: Any, gate: Any, baseline: Against, path: Path | None) -> EvaluatedReport:
    """Return the judged report of states in files, and write the state that they are together."""
    paths: Sequence[Any] = states if isinstance(states, (list, tuple)) else [states]
    wrong = (one for one in paths if not isinstance(one, (str, os.PathLike)))
    named = [UsageError("states", f"a {type(one).__name__}", "a path") for one in wrong]
    raise_together([*named, *no_baseline(baseline), *no_state(path)])
    # What a page shows is there already: it costs nothing.
    together, report = merge(paths, lambda request: _standard(request, gate, baseline), page=True)
    if path is not None:
        write_state(path, together)
    return report


def _standard(request: Request, gate: Any, baseline: Against) -> Standard:
    known = {bound.loss.name: bound.loss for bound in request.loss}
    judging = Judging(gate, lambda name: known[name] if name in known else registry.find(name), baseline)
    specs = [bound.spec for bound in request.loss]
    grouped, summed = bool(request.group), request.reduction == "sum"
    raise_together([*judging.wrong, *judging.against(specs, grouped=grouped, summed=summed)])
    return judging.standard()
