"""Losses, results and reports for tests of gates, and gates of every shape."""

import numpy as np
from hypothesis import strategies as st

from losscli.analyses.evaluate.figures import FIGURES
from losscli.analyses.evaluate.report import Report, Result
from losscli.common.errors import UsageError
from losscli.inputs.provenance import Input
from losscli.loss import Loss, Parameter
from losscli.loss.domain import POSITIVE, REAL
from losscli.verdicts.gates.grammar import OPERATORS, Constant, Gate, Relative, parse_gate
from losscli.verdicts.gates.judge import judge


def declare(name, **parameters):
    return Loss(
        name=name,
        family="regression",
        value=lambda label, prediction, **_: np.abs(prediction - label),
        label=REAL,
        prediction=REAL,
        parameters={key: Parameter(default, POSITIVE, key) for key, default in parameters.items()},
        summary=name,
        formula=name,
        use="tests",
        avoid="elsewhere",
    )


LOSSES = {
    "mse": declare("mse"),
    "mean_squared_error": declare("mse"),  # an alias
    "huber": declare("huber", delta=1.0),
    "two": declare("two", a=1.0, b=2.0),
    "my.py:cost": declare("my.py:cost", alpha=2.0),
    "dir[1]/my.py:f": declare("dir[1]/my.py:f"),
    "a.p95/my.py:n": declare("a.p95/my.py:n"),
}


def find(name):
    if name not in LOSSES:
        raise UsageError("--loss", f"there is no loss {name!r}", "", "Did you mean mse?")
    return LOSSES[name]


def result(**figures):
    given = {
        "loss": "mse", "parameters": {}, "n": 10, "dropped": 2, "ignored": 0, "clipped": 0,
        "weight_sum": 10.0, "cost": 3.0, "standard_error": 0.25, "sum": 30.0, "mean": 3.5, "std": 1.5,
        "min": 0.5, "max": 9.0,
        "quantiles": {0.5: 2.0, 0.9: 4.0, 0.95: 5.0, 0.99: 6.0}, "quantiles_exact": True,
    }  # fmt: skip
    return Result(**{**given, **figures})


def report(*results):
    predictions, labels = Input("a.csv", 10), Input("b.csv", 10)
    return Report(
        version="0",
        signature="s",
        predictions=predictions,
        labels=labels,
        alignment="id",
        reduction="mean",
        results=results,
    )


def outcome(text, *results):
    return judge(report(*results), [parse_gate(text, find)])[0]


specs = st.sampled_from(
    ["mse", "huber", "huber:delta=1.5", "two:a=0.25,b=1e-05", "my.py:cost:alpha=3", "dir[1]/my.py:f"]
)
finite = st.floats(allow_nan=False, allow_infinity=False)
amounts = st.floats(0.0, allow_nan=False, allow_infinity=False)
relative = st.one_of(
    st.just(Relative()),
    st.builds(Relative, st.sampled_from(["+", "-"]), amounts, st.booleans()),
    st.builds(Relative, st.just("*"), amounts.filter(bool)),
)
gates = st.builds(
    Gate,
    specs,
    st.sampled_from(FIGURES),
    st.none() | st.text(max_size=12),
    st.sampled_from(OPERATORS),
    st.builds(Constant, finite) | relative,
)
