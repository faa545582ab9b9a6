"""One request evaluated in parts, side by side, and put together: the report of one run, to the last bit.

Each part is read and folded where it lies, and what comes back is its state. What parts cannot tell by
themselves, a run over everything tells: then that is done, so that every error is the one of such a run.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from functools import reduce

from losscli.analyses.evaluate import run
from losscli.analyses.evaluate.report import Report, Result
from losscli.analyses.evaluate.states.made import made_of
from losscli.analyses.evaluate.states.merged import report_of
from losscli.analyses.evaluate.states.state import State
from losscli.analyses.report import Sample
from losscli.common.errors import LosscliError
from losscli.common.version import __version__
from losscli.compute.engines import local
from losscli.compute.fold import Losses
from losscli.compute.plan import plan_of
from losscli.inputs.across import overlap
from losscli.inputs.ids import ID
from losscli.inputs.pairing.distinct import Distinct
from losscli.inputs.partitions import Part, parts_of
from losscli.inputs.provenance import Fingerprint, Input
from losscli.inputs.reading import Observer, Reading
from losscli.inputs.request import Request
from losscli.loss import registry
from losscli.loss.spec import parse_spec


@dataclass(frozen=True)
class Task:
    """A part to be evaluated, as another process gets it: losses are specs, since code does not travel.

    Attributes:
        part: what is read.
        losses: the specs.
        number: which part it is.
    """

    part: Part
    losses: tuple[str, ...]
    number: int


@dataclass(frozen=True)
class Outcome:
    """What came of a part.

    Attributes:
        version: of the losscli that evaluated it.
        state: what is known of its rows; None where it was refused.
        columns: the names of the columns of both inputs.
        rows: how many rows each of them has.
        refused: what was wrong with it.
    """

    version: str
    state: State | None = None
    columns: tuple[frozenset[str], frozenset[str]] = (frozenset(), frozenset())
    rows: tuple[int, int] = (0, 0)
    refused: str = ""


Crew = Callable[[Callable[[Task], Outcome], Sequence[Task]], Sequence[Outcome]]
"""Does tasks side by side, and returns what came of them in their order."""


def evaluate(request: Request, crew: Crew, workers: int, observe: Observer | None = None) -> Report:
    """Return what `run.evaluate` returns, computed in parts by a crew of so many.

    Raises:
        LosscliError: as `run.evaluate` does, and what the crew raises.
    """
    with Reading(replace(request, fingerprints=False)) as reading:
        parts = () if request.fingerprints else parts_of(reading, workers)
        if len(parts) > 1:
            tasks = [
                Task(_sent(part), tuple(bound.spec for bound in request.loss), number)
                for number, part in enumerate(parts)
            ]
            report = _together(reading, parts, crew(evaluate_part, tasks))
            if report is not None:
                return report
    return run.evaluate(request, observe=observe)


def _sent(part: Part) -> Part:
    return replace(part, request=replace(part.request, loss=(), mergeable=True, fingerprints=False))


def evaluate_part(task: Task) -> Outcome:
    """Evaluate one part, on one thread; what is wrong with it is returned."""
    request = replace(task.part.request, loss=tuple(parse_spec(spec, registry.find) for spec in task.losses))
    try:
        with Reading(request, ahead=False) as reading:
            plan = plan_of(reading)
            folded = local.run(Losses(plan), reading.blocks(None))
            read = reading.provenance()
            # The bytes of its inputs are told by whoever has all of them; here they number the part.
            name = Fingerprint(task.number, f"{task.number:012}")
            labels = replace(read.labels, path=task.part.label_file, fingerprint=name)
            read = replace(
                read,
                predictions=replace(read.predictions, path=task.part.file, fingerprint=name),
                labels=labels,
            )
            state = made_of(request, plan, folded, read, reading.across())
            columns = frozenset(reading.left.header.names), frozenset(reading.right.header.names)
            return Outcome(__version__, state, columns, (reading.left.rows, reading.right.rows))
    except LosscliError as error:
        return Outcome(__version__, refused=str(error))


def _together(reading: Reading, parts: Sequence[Part], outcomes: Sequence[Outcome]) -> Report | None:
    """Return the report of all parts; None where they leave something to a run over everything."""
    states = [outcome.state for outcome in outcomes if outcome.state is not None]
    alike = {(outcome.columns, outcome.state.plan) for outcome in outcomes[:1] if outcome.state is not None}
    for outcome in outcomes:
        if outcome.state is None or (outcome.columns, outcome.state.plan) not in [*alike]:
            return None
    if reading.roles.by_id and not _are_distinct(reading, states):
        return None
    try:
        state = reduce(State.merge, states)
        report = report_of(state, reading.losses)
    except LosscliError:
        return None
    inputs = [
        Input(
            source.path,
            sum(outcome.rows[side] for outcome in outcomes),
            shards=tuple(
                Input(shard.name, outcome.rows[side])
                for shard, outcome in zip(source.files, outcomes, strict=False)
            ),
        )
        for side, source in enumerate((reading.left, reading.right))
    ]
    results = tuple(_of_files(result, several=bool(parts[0].file)) for result in report.results)
    notes = tuple(note for note in report.notes if not note.endswith("of each overlap"))
    return replace(report, predictions=inputs[0], labels=inputs[1], results=results, notes=notes)


def _of_files(result: Result, *, several: bool) -> Result:
    """Return a result whose samples name their files where there are several."""

    def told(sample: Sample) -> Sample:
        return sample if several else replace(sample, shard=None)

    groups = tuple(_of_files(group, several=several) for group in result.groups)
    return replace(result, worst=tuple(map(told, result.worst)), groups=groups)


def _are_distinct(reading: Reading, states: Sequence[State]) -> bool:
    """Whether no id of the predictions is in two parts; in each, no id is there twice."""
    ranges = [part.across.ids["predictions"] for state in states for part in state.parts]
    if not overlap(ranges):
        return True
    wants = reading.id_wants
    with closing(reading.left.again()) as source, closing(Distinct()) as seen:
        for chunk in source.chunks(wants, reading.request.block_rows):
            seen.add(chunk.columns[ID])
        return not seen.repeated()[0]
