"""Reports of gradients, whatever texts and figures they hold: each format reads back and steers nothing."""

from __future__ import annotations

import csv
import io
import json
import math
from typing import Any

import pytest
from helpers.examples import examples
from helpers.render_samples import assert_harmless, hostile, hostile_id, numbers
from hypothesis import given, settings
from hypothesis import strategies as st

from losscli.analyses.gradient.report import Gradient, GradientReport, GradientResult, GradientSample
from losscli.analyses.report import Picture
from losscli.common.text import encodable
from losscli.inputs.provenance import Input
from losscli.outputs.drawing.console import Looks
from losscli.outputs.formats import load
from losscli.outputs.views.gradient import GradientView

FORMATS = ("csv", "html", "json", "jsonl", "markdown", "quiet", "table")
some = settings(max_examples=examples(40))
counts = st.integers(0, 10**12)


@st.composite
def reports(draw: st.DrawFn) -> GradientReport:
    """Draw a report whose every text is hostile and whose every figure may be anything."""

    def result(group: str | None, width: int) -> GradientResult:
        vector = st.tuples(*[numbers] * width)
        value = st.one_of(numbers, hostile, st.lists(numbers, min_size=2, max_size=10).map(tuple))
        sample = st.builds(
            GradientSample,
            counts,
            st.none() | hostile_id,
            label=value,
            prediction=value,
            error=numbers,
            loss=numbers,
            gradient=vector if width > 1 else numbers,
        )
        edges = draw(st.lists(numbers, min_size=2, max_size=15).map(tuple))
        return GradientResult(
            loss=draw(hostile),
            parameters={"alpha": -math.inf},
            n=draw(counts),
            dropped=draw(counts),
            ignored=0,
            clipped=1,
            weight_sum=draw(numbers),
            cost=draw(numbers),
            gradient=Gradient(
                tuple(draw(st.lists(hostile, min_size=width, max_size=width))) if width > 1 else (),
                draw(vector) if width > 1 else draw(numbers),
                *(draw(numbers), draw(numbers), draw(counts), draw(counts), draw(st.booleans())),
            ),
            top_share=draw(st.none() | numbers),
            top_count=draw(counts),
            quantiles={q: draw(numbers) for q in (0.5, 0.9, 0.95, 0.99)},
            quantiles_exact=draw(st.booleans()),
            same_size=draw(st.none() | numbers),
            worst=tuple(draw(st.lists(sample, max_size=3))),
            as_large=draw(st.none() | counts),
            picture=draw(
                st.none() | st.builds(Picture, st.just(edges), st.tuples(*[counts] * (len(edges) - 1)))
            ),
            group=group,
            kink=draw(st.sampled_from(["", "at r = 0; the subgradient 0 is returned"])),
        )

    width = draw(st.sampled_from([1, 2, 60]))
    names = draw(st.lists(hostile, max_size=2))
    whole = [result(None, width) for _ in range(draw(st.integers(1, 2)))]
    groups = tuple(result(name, width) for name in names)
    return GradientReport(
        version="0.1.0",
        signature=draw(hostile),
        predictions=Input(draw(hostile), draw(counts)),
        labels=Input(draw(hostile), draw(counts)),
        alignment=draw(st.sampled_from(["id", "position"])),
        reduction="mean",
        of=draw(st.sampled_from(["loss", "cost"])),
        results=tuple(GradientResult(**{**fields(one), "groups": groups}) for one in whole),
    )


def fields(result: GradientResult) -> dict[str, Any]:
    return {name: getattr(result, name) for name in GradientResult.__dataclass_fields__}


def strict(text: str) -> Any:
    def refuse(constant: str) -> None:
        raise AssertionError(constant)

    return json.loads(text, parse_constant=refuse)


def read(found: dict[str, Any], key: str) -> float | None:
    return float(found[f"{key}_text"]) if f"{key}_text" in found else found[key]


def same(one: float | None, other: float | None) -> bool:
    return one == other or (one is not None and other is not None and math.isnan(one) and math.isnan(other))


@some
@given(reports())
def test_every_format_is_harmless_and_encodable(report: GradientReport) -> None:
    for name in FORMATS:
        text = load(name).render(report)
        assert text.endswith("\n")
        text.encode("utf-8")
        assert_harmless(text)
    for width, ascii_only in ((20, False), (40, True), (100, True)):
        text = load("table").render(report, Looks(width=width, ascii_only=ascii_only))
        assert_harmless(text)
        assert not ascii_only or text.isascii()


@some
@given(reports())
def test_json_holds_every_figure_and_text_exactly(report: GradientReport) -> None:
    text = load("json").render(report)
    assert text.isascii()
    found = strict(text)
    assert found["of"] == report.of
    lines = [strict(line) for line in load("jsonl").render(report).splitlines()]
    assert len(lines) == sum(1 + len(result.groups) for result in report.results)
    for result, said in zip(report.results, found["results"], strict=True):
        assert said["loss"] == encodable(result.loss)
        assert same(read(said, "cost"), result.cost)
        assert same(read(said, "top_share"), result.top_share)
        assert same(read(said, "same_size"), result.same_size)
        assert said["as_large"] == result.as_large
        figures = said["gradient"]
        for key in ("norm", "max_abs"):
            assert same(read(figures, key), getattr(result.gradient, key))
        if result.gradient.columns:
            assert figures["columns"] == [encodable(name) for name in result.gradient.columns]
            means = figures.get("mean_text", figures["mean"])
            assert all(map(same, map(float, means), result.gradient.mean))
        else:
            assert "columns" not in figures
            assert same(read(figures, "mean"), result.gradient.mean)
        assert (figures["zeros"], figures["infinite"]) == (result.gradient.zeros, result.gradient.infinite)
        assert figures["numerical"] is result.gradient.numerical
        assert [group["group"] for group in said.get("groups", [])] == [
            encodable(group.group or "") for group in result.groups
        ]
        for sample, row in zip(result.worst, said["worst"], strict=True):
            assert row["id"] == (None if sample.id is None else encodable(sample.id))
            if isinstance(sample.gradient, tuple):
                assert len(row["gradient"]) == len(sample.gradient)
            else:
                assert same(read(row, "gradient"), sample.gradient)


@some
@given(reports())
def test_csv_has_a_row_per_loss_group_and_column(report: GradientReport) -> None:
    found = list(csv.DictReader(io.StringIO(load("csv").render(report))))
    assert all(list(row) == [*GradientView.columns] for row in found)
    expected = [
        column
        for result in report.results
        for part in (result, *result.groups)
        for column in (None, *part.gradient.columns)
    ]
    assert len(found) == len(expected)
    whole = [row for row, column in zip(found, expected, strict=True) if column is None]
    parts = [part for result in report.results for part in (result, *result.groups)]
    for row, part in zip(whole, parts, strict=True):
        assert same(float(row["norm"]), part.gradient.norm)
        assert (row["mean"] == "") == bool(part.gradient.columns)
        assert row["of"] == report.of


@some
@given(reports())
def test_quiet_is_a_norm_a_line(report: GradientReport) -> None:
    lines = load("quiet").render(report).splitlines()
    assert all(map(same, map(float, lines), [result.gradient.norm for result in report.results]))


def plain(**more: Any) -> GradientResult:
    gradient = more.pop("gradient", Gradient((), 1.0, 2.0, 1.5, 3, 0))
    figures = {"loss": "mse", "parameters": {}, "n": 9, "dropped": 0, "ignored": 0, "clipped": 0}
    figures |= {"weight_sum": 9.0, "cost": 1.0, "top_share": 0.5, "top_count": 1, "quantiles_exact": True}
    return GradientResult(**{**figures, "gradient": gradient, "quantiles": {0.95: 1.0}, **more})


def page_of(*results: GradientResult, **how: Any) -> str:
    empty = Input("p.csv", 9)
    report = GradientReport(
        version="0.1.0",
        signature="s",
        predictions=empty,
        labels=empty,
        alignment="position",
        reduction="mean",
        of="loss",
        results=results,
    )
    return load("table").render(GradientView(report, **how))


@pytest.mark.parametrize(
    ("result", "said"),
    [
        (plain(), "top 1 %: the share of the largest gradient in the sum of all sizes."),
        (plain(top_count=5), "top 1 %: the share of the 5 largest gradients in the sum of all sizes."),
        (
            plain(kink="at r = 0; the subgradient 0 is returned"),
            "The loss has no derivative at r = 0; the subgradient 0",
        ),
        (plain(kink="none; the second derivative jumps"), "The second derivative jumps."),
        (
            plain(gradient=Gradient((), 1.0, 2.0, 1.5, 3, 4, True), kink="at r = 0"),
            "The loss declares no gradient: it was computed from finite differences.",
        ),
        (plain(gradient=Gradient((), 1.0, 2.0, 1.5, 3, 4)), "infinite 4"),
        (plain(dropped=7), "dropped 7"),
        (plain(quantiles_exact=False), "within 0.5 %"),
    ],
)
def test_what_has_to_be_known_is_said(result: GradientResult, said: str) -> None:
    assert said in " ".join(page_of(result).split())


def test_what_is_not_there_is_not_said() -> None:
    text = page_of(plain(top_share=None))
    for absent in ("infinite", "dropped", "largest gradient", "differences", "histogram", "Groups"):
        assert absent not in text
    assert "top 1 %   -" in text


def test_of_many_columns_and_groups_those_with_the_largest_figures_are_shown() -> None:
    names = tuple(f"c{place}" for place in range(70))
    wide = Gradient(names, tuple(float(place - 35) for place in range(70)), 1.0, 1.0, 0, 0)
    groups = tuple(
        plain(group=f"g{place}", gradient=Gradient((), 0.0, float(place), 0.0, 0, 0)) for place in range(60)
    )
    results = plain(gradient=wide), plain(loss="mae", groups=groups)
    assert "The 8 of 70 columns with the largest mean gradient: mse" in page_of(*results)
    text = page_of(*results, full=True)
    assert "The 50 of 70 columns with the largest mean gradient: mse" in text
    assert "\n  c0 " in text
    assert "\n  c35" not in text
    assert "The 50 of 60 groups with the largest norm: mae" in text
    assert "\n  g59 " in text
    assert "\n  g5 " not in text


def sample(row: int, gradient: float | tuple[float, ...]) -> GradientSample:
    return GradientSample(row, None, 1.0, 2.0, 1.0, 1.0, gradient)


def of_sizes(*sizes: float | tuple[float, ...], **more: Any) -> GradientResult:
    """Return a result of 442 samples, of which the worst have gradients of these sizes."""
    worst = tuple(sample(row, size) for row, size in enumerate(sizes, 1))
    return plain(**{"n": 442, "worst": worst, "as_large": 0, **more})


@pytest.mark.parametrize(
    ("result", "shown", "note"),
    [
        (of_sizes(3, -2, 1), 3, ""),
        (of_sizes(3, -2, 2, as_large=31), 3, "31 more gradients are as large as the last 2 here."),
        (of_sizes(3, -2, as_large=1), 2, "1 more gradient is as large as the last one here."),
        (of_sizes(2, -2, as_large=31), 2, "31 more gradients are as large as these."),
        (of_sizes(2, -2, as_large=None), 2, "More samples may have a gradient as large as the last one"),
        (of_sizes((0.0, 2.0), (-2.0, 0.0), as_large=7), 2, "7 more gradients are as large as these."),
        (of_sizes(2, as_large=7), 1, "7 more gradients are as large as this one."),
        (of_sizes(2, -1, 0, 0), 2, "The gradient of the other 440 samples is 0."),
        (of_sizes(*[9] * 4, *[8] * 4, as_large=5), 5, "8 more gradients are as large as the last one"),
        (of_sizes(*[9] * 4, *[8] * 3, 7, as_large=5), 5, "2 more gradients are as large as the last one"),
        (of_sizes(*[9] * 7, as_large=5), 5, "7 more gradients are as large as these."),
    ],
)
def test_what_might_as_well_be_listed_is_told(result: GradientResult, shown: int, note: str) -> None:
    text = page_of(result)
    assert ("The largest gradient: mse" if shown == 1 else f"The {shown} largest gradients: mse") in text
    assert note in text
    if not note:
        assert "as large as" not in text
        assert "other" not in text


def test_gradients_of_one_size_are_told_and_not_listed() -> None:
    alike = of_sizes(1, -1, 1, same_size=1.0, as_large=439, picture=Picture((1.0, 1.0), (442,)))
    for how in ({}, {"full": True}):
        text = page_of(alike, **how)
        assert "All 442 gradients have the same size, 1: no sample counts more than another." in text
        for absent in ("largest", "as large", "Sizes of", "  row"):
            assert absent not in text
    flat = of_sizes(0, 0, same_size=0.0, as_large=440)
    text = page_of(flat)
    assert "All 442 gradients are 0: a small change in a prediction does not change its loss." in text
    assert "  row" not in text
    # Whoever asks for every sample gets every sample.
    both = of_sizes(1, -1, n=2, same_size=1.0)
    assert "All 2 samples: mse" in page_of(both)
    assert "Both gradients have the same size, 1" in page_of(both)


def test_the_page_shows_five_samples_and_six_bars_and_in_full_all_that_it_has() -> None:
    edges = tuple(float(edge) for edge in range(13))
    result = of_sizes(*range(10, 0, -1), picture=Picture(edges, (1,) * 12))
    short, whole = page_of(result), page_of(result, full=True)
    assert "The 5 largest gradients" in short
    assert "The 10 largest gradients" in whole
    assert "The 10 largest gradients" in page_of(result, top=None)
    assert (short.count("█ "), whole.count("█ ")) == (6, 6)
    assert "More: --full, --top N" in short
    assert "More:" not in whole


def test_groups_are_a_line_each_in_one_table_for_all_losses() -> None:
    def grouped(loss: str, *norms: float) -> GradientResult:
        parts = tuple(
            plain(
                loss=loss, group=f"g{at}", n=at + 2, cost=9.5, gradient=Gradient((), 0.25, norm, 7.125, 0, 0)
            )
            for at, norm in enumerate(norms)
        )
        return plain(loss=loss, groups=parts)

    one = grouped("mse", 3.0, math.nan)
    short, full = page_of(one), page_of(one, full=True)
    table = short[short.index("Groups: mse") :].splitlines()
    assert table[1].split() == ["group", "n", "cost", "mean", "norm"]
    assert table[3].split() == ["g0", "2", "9.5", "0.25", "3"]
    assert table[4].split() == ["g1", "3", "9.5", "0.25", "nan"]
    assert "max abs" in full[full.index("Groups: mse") :].splitlines()[1]
    both = page_of(grouped("mse", 3.0, 4.0), grouped("mae", 1.5, math.nan))
    table = both[both.index("Groups") :].splitlines()
    assert both.count("Groups") == 1
    assert table[1].split() == ["group", "n", "mse", "mae"]
    assert table[3].split() == ["g0", "2", "3", "1.5"]
    assert table[4].split() == ["g1", "3", "4", "nan"]
    assert "the norm of the gradients for each loss" in both
