"""`losscli.plan`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from numbers import Real
from typing import Any, Literal, Unpack

from losscli.analyses.report import Head
from losscli.common.arguments import own, wrong_types
from losscli.common.errors import raise_together
from losscli.inputs.arguments import Inputs, with_inputs
from losscli.loss import registry
from losscli.loss.spec import parse_spec
from losscli.outputs.python.reports import Plan
from losscli.outputs.python.request import request_of
from losscli.outputs.python.spoken import spoken
from losscli.verdicts.gates.baseline import as_baseline
from losscli.verdicts.gates.grammar import parse_gate
from losscli.verdicts.plan.rows import Wanted
from losscli.verdicts.plan.run import is_report, plan_by, wrong
from losscli.verdicts.plan.run import plan as _plan


@with_inputs
@spoken
def plan(
    predictions: Any,
    labels: Any = None,
    *,
    gate: str,
    confidence: float = 0.95,
    power: float = 0.8,
    group: str | Sequence[str] | None = None,
    cluster: str | None = None,
    weights_are: Literal["importance", "counts"] | None = None,
    **inputs: Unpack[Inputs],
) -> Plan:
    """Say how many rows a gate needs, before they are labelled: what `losscli plan` says.

    Args:
        predictions: some rows as for `evaluate`; or a report that `evaluate` made with `level`, its document,
            or the path of one.
        labels: the same for the labels.
        gate: a limit such as `"mse <= 3000"`.
        confidence: how sure its verdict is to be.
        power: the probability that so many rows decide it.
        group: the column of the group that the gate names.
        cluster: the column that says which rows belong together; the answer is in clusters then.
        weights_are: `importance` if a weight says how much a row matters, which is the default, or `counts`
            if it says how often the row was seen.
        **inputs: see `Inputs`.

    Returns:
        The plan; `rows_needed` is None where no number of rows is enough, and `reason` says why.

    Raises:
        LosscliError: for anything wrong with the call or the data: where, what was found, what was
            needed, and what to do.

    Examples:
        >>> losscli.plan("diabetes_linear.csv", "diabetes_labels.csv", gate="mse <= 3300").rows_needed
        917
    """
    numbers = {"confidence": (confidence, Real), "power": (power, Real)}
    raise_together([*wrong_types({"gate": (gate, str), **numbers})])
    read = parse_gate(gate, registry.find)
    bound = parse_spec(read.spec, registry.find)
    dependent = {"weighted": inputs.get("weight") is not None, "clustered": cluster is not None}
    sure = {"confidence": own(confidence), "power": own(power)}
    wanted = Wanted(read, bound, **sure)
    found = [*wrong(read, bound, **sure, **dependent)]
    if isinstance(predictions, Head | Mapping) or is_report(predictions):
        raise_together(found)
        document = not isinstance(predictions, Mapping) or {"schema", "results"} <= predictions.keys()
        if labels is None and document:
            baseline = as_baseline(predictions, "report")
            assert baseline is not None
            return Plan.made_of(plan_by(wanted, baseline))
    request = request_of(
        "plan",
        predictions,
        labels,
        inputs,
        loss=bound,
        group=group,
        level=None if found else own(confidence),
        cluster=None if found else cluster,
        weights_are=weights_are,
        top=0,
        wrong=found,
    )
    return Plan.made_of(_plan(wanted, request))
