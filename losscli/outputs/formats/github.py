"""GitHub Actions: annotations, a job summary in Markdown, and the outputs of a step; texts alone.

Who runs in a job writes them where GitHub's runner looks for them (`losscli.cli.terminal.github`).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from losscli.common.text import encodable, exact_number, visible
from losscli.outputs.formats import REPORT, Format
from losscli.outputs.views.failures import (
    behind,
    describe,
    failure,
    messages,
    not_passed,
    without_samples,
)

if TYPE_CHECKING:
    from losscli.analyses.compare.report import CompareReport
    from losscli.analyses.evaluate.report import Checked
    from losscli.common.json import Json
    from losscli.outputs.drawing.elements import Element

MOST_ANNOTATIONS = 10
"""How many annotations of one kind GitHub shows of a step."""

MOST_SAMPLES = 10
MOST_BYTES = 1_000_000
"""GitHub refuses the summary of a step that is larger than a mebibyte, whole."""

_DATA = {"%": "%25", "\r": "%0D", "\n": "%0A"}
_PROPERTY = {**_DATA, ":": "%3A", ",": "%2C"}


def draw(checks: Sequence[Checked]) -> str:
    """Return the job summary: a title, what failed and how to repeat it, then the tables."""
    from losscli.outputs.drawing.markdown import lines

    return _cut([*lines(_page([without_samples(check, MOST_SAMPLES) for check in checks]))])


def _page(checks: Sequence[Checked]) -> Iterator[Element]:
    from losscli.analyses.evaluate.report import worst_verdict
    from losscli.outputs.drawing.elements import Data, Words
    from losscli.outputs.views.checks import failures, view_of_checks

    yield Words(f"losscli: {worst_verdict(checks)}", "part")
    for check in checks:
        if check.report is not None and check.verdict != "pass":
            # A check without a report says all of this below.
            if check.name:
                yield Words((Data(check.name), ":"))
            yield from failures(check)
    yield from view_of_checks(checks).summary()


def _cut(lines: Sequence[str]) -> str:
    text = "\n".join(lines).rstrip("\n") + "\n"
    if len(text.encode()) <= MOST_BYTES:
        return text
    kept, size = [], 0
    for line in lines:
        size += len(line.encode()) + 1
        if size > MOST_BYTES:
            break
        kept.append(line)
    return "\n".join([*kept, "", "The rest is left out: GitHub accepts no summary larger than 1 MiB."]) + "\n"


def commands(checks: Sequence[Checked]) -> list[str]:
    """Return up to `MOST_ANNOTATIONS` commands to the runner: errors, then gates that did not pass.

    Each is one line; text from outside is visible and escaped, so that it ends no command and
    begins none.
    """
    found = [*_errors(checks), *_gates(checks)]
    if len(found) <= MOST_ANNOTATIONS:
        return found
    rest = len(found) - MOST_ANNOTATIONS + 1
    last = command(
        "error", "losscli", f"{rest} more gates or checks did not pass; the job summary lists all of them."
    )
    return [*found[: MOST_ANNOTATIONS - 1], last]


def _errors(checks: Sequence[Checked]) -> Iterator[str]:
    for check in checks:
        if check.verdict == "error":
            said = "\n".join(messages(check)) or "there are no figures"
            yield command("error", _title(check, "error"), said)


def _gates(checks: Sequence[Checked]) -> Iterator[str]:
    outcomes = [(check, gate) for check in checks for gate in not_passed(check)]
    # Those that failed come first, whatever check they are of.
    for check, gate in sorted(outcomes, key=lambda pair: pair[1].verdict != "fail"):
        samples = [f"worst: {describe(sample)}" for sample in behind(check.evaluation, gate)]
        level = "error" if gate.verdict == "fail" else "warning"
        yield command(level, _title(check, gate.gate), "\n".join([failure(gate), *samples]))


def _title(check: Checked, what: str) -> str:
    return f"losscli: {f'{check.name}: ' if check.name else ''}{what}"


def command(level: str, title: str, said: str) -> str:
    """Return a command that makes the runner show an annotation.

    Args:
        level: `error`, `warning` or `notice`.
        title: may hold text from outside.
        said: likewise; its line ends are kept, so no line of it may begin with text from outside.
    """
    shown = "\n".join(map(visible, said.split("\n")))
    return f"::{level} title={_escaped(visible(title), _PROPERTY)}::{_escaped(shown, _DATA)}"


def _escaped(text: str, table: Mapping[str, str]) -> str:
    return "".join(table.get(character, character) for character in text)


def outputs(checks: Sequence[Checked]) -> dict[str, str]:
    """Return the outputs of the step, a line of text each.

    `verdict`, `gates` and `gates-failed` (those that did not pass) are always there; `costs` is a
    JSON object, of the costs by loss or, with several checks, of such objects by check. One
    evaluation alone has `cost` (of its first loss), `n` and `signature` besides. A comparison has `n`
    and `signature`, the `costs` of each model, and `comparisons`, a list of JSON objects. What came to
    nothing has `error`.
    """
    from losscli.analyses.compare.report import CompareReport
    from losscli.analyses.evaluate.report import worst_verdict
    from losscli.common.json import encode

    gates = [gate for check in checks if check.report is not None for gate in check.report.gates]
    found = {
        "verdict": worst_verdict(checks),
        "gates": str(len(gates)),
        "gates-failed": str(sum(not gate.passed for gate in gates)),
    }
    named = len(checks) > 1 or any(check.name for check in checks)
    errors = [" ".join(said.split()) for check in checks for said in messages(check)]
    if errors:
        found["error"] = " ".join(errors)
    report, compared = checks[0].evaluation, checks[0].report
    if isinstance(compared, CompareReport) and not errors:
        found |= {"n": str(compared.results[0].n), "signature": visible(compared.signature)}
        return found | {name: encode(value) for name, value in _of_models(compared).items()}
    if not named and report is not None and not errors:
        first = report.results[0]
        found |= {"cost": exact_number(first.cost), "n": str(int(first.n)), "signature": report.signature}
    shown = {name: visible(value) for name, value in found.items()}
    costs: Json = {encodable(check.name): _costs(check) for check in checks} if named else _costs(checks[0])
    return {**shown, "costs": encode(costs)}


def _costs(check: Checked) -> Json:
    results = () if check.evaluation is None else check.evaluation.results
    return {encodable(one.loss): _number(one.cost) for one in results}


def _of_models(report: CompareReport) -> dict[str, Json]:
    """Return the costs of the models, by loss, and their comparisons."""
    costs: Json = {
        encodable(model.name): {
            encodable(result.loss): _number(result.models[place].cost) for result in report.results
        }
        for place, model in enumerate(report.models)
    }
    comparisons: list[Json] = [
        {
            "loss": encodable(result.loss),
            "candidate": encodable(one.candidate),
            "baseline": encodable(one.baseline),
            "difference": _number(one.difference),
            "p_adjusted": one.p_adjusted,
            "verdict": one.verdict,
        }
        for result in report.results
        for one in result.comparisons
    ]
    return {"comparisons": comparisons, "costs": costs}


def _number(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


def output_lines(found: Mapping[str, str]) -> str:
    """Return outputs as the runner reads them from a file, each between lines that no value can hold."""
    import secrets

    lines = []
    for name, value in found.items():
        # Drawn anew for each: whoever wrote the data cannot know it.
        end = f"losscli_{secrets.token_hex(16)}"
        lines += [f"{name}<<{end}", value, end]
    return "\n".join(lines) + "\n"


FORMAT = Format(
    "github", "annotations, a job summary and outputs, in GitHub Actions", None, draw, REPORT, place=7
)
