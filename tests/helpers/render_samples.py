"""Reports to render: a plain one, one of everything at once, and hostile text for hypothesis."""

from __future__ import annotations

import math
import re
from dataclasses import replace

from hypothesis import strategies as st

from losscli.analyses.evaluate.report import VERDICTS, Checked, GateOutcome, Report, Result
from losscli.analyses.report import Picture, Sample
from losscli.analyses.sure import Sure
from losscli.common.errors import LosscliError, OutputError, SeveralErrors, UsageError
from losscli.inputs.provenance import Input

INF = math.inf

MSE = Result(
    loss="mse",
    parameters={},
    n=442,
    dropped=0,
    ignored=0,
    clipped=0,
    weight_sum=442.0,
    cost=3046.883264910577,
    standard_error=188.83893417,
    sum=1346722.4030904751,
    mean=3046.883264910577,
    std=3970.1123456789,
    min=0.00012,
    max=24000.5,
    quantiles={0.5: 1500.25, 0.9: 8100.0, 0.95: 9000.125, 0.99: 18000.9},
    quantiles_exact=True,
    signature="mse|n:442|mean|align:id|bad:error|v:0.1.0",
    worst=(
        Sample(17, "patient-17", 310.0, 155.1, -154.9, 23994.01),
        Sample(204, "patient-204", 72.0, 226.0, 154.0, 23716.0),
        Sample(3, "7", 275.0, 121.5, -153.5, 23562.25),
    ),
    picture=Picture((0.0, 6000.0, 12000.0, 18000.0, 24000.5), (380, 50, 10, 2)),
)
RMSE = replace(
    MSE,
    loss="rmse",
    cost=55.19858027977863,
    standard_error=1.7105415,
    signature="rmse|n:442|mean|align:id|bad:error|v:0.1.0",
    finish="√(mean)",
    picture=None,
    worst=MSE.worst[:1],
)

PLAIN = Report(
    version="0.1.0",
    signature="mse,rmse|n:442|mean|align:id|bad:error|v:0.1.0",
    predictions=Input("out/predictions.csv", 442),
    labels=Input("data/labels.csv", 442),
    alignment="id",
    columns={"prediction": ("forest",), "label": ("age",), "id": "patient"},
    found={"label": "only one left"},
    reduction="mean",
    results=(MSE, RMSE),
)

NASTY = '\x1b[31m=a|b`c\u202e[bold]x[/foo]:smile:<b>&\n::error::"q", \'##vso[task] '

CROSS = Result(
    loss="my losses.py:odd:alpha=-inf",
    parameters={"alpha": -INF, "eps": 2.220446049250313e-16, "normalize": False, "floor": None},
    n=5,
    dropped=2,
    ignored=1,
    clipped=3,
    weight_sum=7.5,
    cost=INF,
    sum=INF,
    mean=INF,
    std=None,
    min=-0.5,
    max=INF,
    quantiles={0.5: 0.25, 0.9: 1e-07, 0.95: 1234567.891, 0.99: INF},
    quantiles_exact=False,
    signature=f"odd|{NASTY}",
    worst=(
        Sample(1, NASTY, "=cmd()", "köpek", 1.0, INF),
        Sample(2, None, (0.25, 1e-20), tuple(k / 8 for k in range(10)), -1e300, 1e-300),
    ),
    picture=Picture((-0.5, 0.0, 0.5), (0, 5)),
    finish="exp(mean)",
)
GROUPS = (
    replace(CROSS, group="::group", cost=1.5, std=0.5, worst=(), picture=None),
    replace(CROSS, group="", n=1, clipped=0, worst=(), picture=None),
)
EVERYTHING = Report(
    version="0.1.0",
    signature=f"odd|{NASTY}",
    predictions=Input("da\udcffta/::p.csv", 8),
    labels=Input(NASTY, 9),
    alignment="position",
    columns={"prediction": tuple(f"p{k}{NASTY}" for k in range(9)), "label": ("",), "group": (NASTY,)},
    found={"prediction": "called as the labels are"},
    why_paired="neither has an id",
    agreeing=(NASTY, "key"),
    reduction="mean",
    results=(replace(CROSS, groups=GROUPS), replace(MSE, weight_sum=443.0)),
    gates=(
        GateOutcome("mse.p95 <= baseline + 2%", 3046.9, 3100.0, "pass"),
        GateOutcome("mse[f|g] < 3000", 3046.9, 3000.0, "fail"),
        GateOutcome("odd <= 1", INF, 1.0, "fail", "the value is inf"),
        GateOutcome("odd.std <= 1", None, 1.0, "fail", "the value is undefined"),
    ),
)
SUMMED = replace(PLAIN, reduction="sum", results=(replace(MSE, cost=MSE.sum, worst=()),))
BOTH_IN_ONE = replace(SUMMED, labels=PLAIN.predictions, gates=EVERYTHING.gates[:1])

REPORTS = {"plain": PLAIN, "everything": EVERYTHING, "summed": SUMMED, "one_file": BOTH_IN_ONE}

_LETTERS = "\x1b\u202e\x9b\u2028\udc80\0\t\n\r|`\"'\\,#*~ \u00a0é漢\ufffe\uffff\ufdd0\U0001fffe{}%:=$!;"
_WORDS = [
    "[bold]",
    "[/foo]",
    ":smile:",
    "``",
    "$x$",
    "_x_",
    "<b>",
    "&lt;",
    "=cmd()",
    "-5",
    "@me",
    "::error::",
]
_COMMANDS = [
    "]]>",
    "<!--",
    "&#10;",
    "# EOF",
    "EOF",
    "<<EOF",
    "%0A::error::",
    "##vso[",
    "##[",
    "www.x.y",
    "\x1b[2J",
    "👩\u200d👩\u200d👧",
]
hostile = st.one_of(
    st.text(max_size=12),
    st.lists(st.sampled_from([*_LETTERS, *_WORDS, *_COMMANDS]), max_size=6).map("".join),
)
hostile_id = st.one_of(hostile, st.text(st.characters(codec="ascii"), max_size=200))
numbers = st.floats(allow_nan=True, allow_infinity=True)


@st.composite
def reports(draw: st.DrawFn) -> Report:
    """Draw a report whose every text is hostile and whose every figure may be anything."""
    value = st.one_of(numbers, hostile, st.lists(numbers, min_size=2, max_size=10).map(tuple))
    count = st.integers(0, 10**12)
    sample = st.builds(
        Sample, count, st.none() | hostile_id, label=value, prediction=value, error=numbers, loss=numbers
    )
    figures = dict.fromkeys(("weight_sum", "cost", "sum", "mean", "min", "max"), numbers)
    edges = st.lists(numbers, min_size=2, max_size=25).map(tuple)
    picture = edges.flatmap(
        lambda e: st.builds(Picture, st.just(e), st.tuples(*[st.integers(0, 99)] * (len(e) - 1)))
    )
    result = st.builds(
        Result,
        loss=hostile,
        parameters=st.just({"alpha": -INF}),
        n=count,
        dropped=count,
        ignored=count,
        clipped=count,
        std=st.none() | numbers,
        standard_error=st.none() | numbers,
        quantiles=st.fixed_dictionaries(dict.fromkeys((0.5, 0.9, 0.95, 0.99), numbers)),
        quantiles_exact=st.booleans(),
        signature=hostile,
        worst=st.lists(sample, max_size=3).map(tuple),
        picture=st.none() | picture,
        group=st.none(),
        groups=st.just(()),
        finish=st.sampled_from(["", "√(mean)"]),
        **figures,
    )
    level = draw(st.none() | st.floats(0.01, 0.99))
    found = draw(st.lists(result, min_size=1, max_size=3))
    found = [replace(one, sure=_sure(draw, one, level)) for one in found]
    grouped = [
        replace(one, groups=tuple(replace(other, group=draw(hostile)) for other in found))
        if draw(st.booleans())
        else one
        for one in found
    ]
    losses = st.sampled_from([one.loss for one in grouped]) | hostile
    gate = st.builds(
        GateOutcome,
        hostile,
        st.none() | numbers,
        numbers,
        st.sampled_from(VERDICTS),
        hostile,
        loss=losses,
        figure=st.sampled_from(["cost", "n", "p95"]),
        group=st.none() | hostile,
        operator=st.sampled_from(["<=", ">"]),
    )
    return Report(
        version="0.1.0",
        signature=draw(hostile),
        predictions=Input(draw(hostile), draw(count)),
        labels=Input(draw(hostile), draw(count)),
        alignment=draw(st.sampled_from(["id", "position"])),
        columns={
            "prediction": tuple(draw(st.lists(hostile, min_size=1, max_size=9))),
            "label": (draw(hostile),),
            "id": draw(hostile),
        },
        found=draw(st.sampled_from([{}, {"label": "only one left"}])),
        unmatched=draw(st.none() | st.fixed_dictionaries({"predictions": count, "labels": count})),
        agreeing=tuple(draw(st.lists(hostile, max_size=2))),
        reduction=draw(st.sampled_from(["mean", "sum"])),
        results=tuple(grouped),
        gates=tuple(draw(st.lists(gate, max_size=2))),
        level=level,
    )


def with_intervals(report):
    """Return a report with an interval of every cost."""

    def sure(result):
        groups = tuple(map(sure, result.groups))
        found = Sure(result.standard_error, (1.0, 2.0), 0.5, 7, 6.5)
        return replace(result, sure=found, groups=groups)

    return replace(report, level=0.95, results=tuple(map(sure, report.results)))


def _sure(draw, result, level):
    if level is None:
        return None
    ends = draw(st.none() | st.tuples(_finite, _finite).map(lambda pair: (min(pair), max(pair))))
    clusters, effective = draw(st.none() | st.integers(0, 99)), draw(st.none() | _finite)
    return Sure(result.standard_error, ends, draw(st.none() | numbers), clusters, effective)


_finite = st.floats(allow_nan=False, allow_infinity=False)


_errors = st.builds(
    lambda kind, parts: kind(*parts),
    st.sampled_from([LosscliError, UsageError, OutputError]),
    st.tuples(hostile, hostile, hostile, hostile),
)
errors = st.one_of(_errors, st.lists(_errors, min_size=2, max_size=3).map(SeveralErrors))


@st.composite
def checks(draw: st.DrawFn) -> list[Checked]:
    """Draw one unnamed evaluation, or up to three checks of different names, some without figures."""
    one = st.none() | errors
    seconds = st.floats(0, 1e6)
    if draw(st.booleans()):
        error = draw(one)
        return [Checked("", None if error else draw(reports()), error, draw(hostile), draw(seconds))]
    found = []
    for name in draw(st.lists(hostile.filter(bool), min_size=1, max_size=3, unique=True)):
        error = draw(one)
        found.append(Checked(name, None if error else draw(reports()), error, draw(hostile), draw(seconds)))
    return found


_UNSAFE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def assert_harmless(text: str) -> None:
    """Nothing in `text` steers a terminal, or is a command to a CI runner."""
    assert not _UNSAFE.search(text)
    assert not re.search(r"##\w*\[", text)
    for line in text.split("\n"):
        assert not line.lstrip().startswith("::"), line
