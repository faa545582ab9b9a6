"""What tables say and how they are drawn, beyond the recorded outputs."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from operator import attrgetter

import pytest
from helpers.render_samples import EVERYTHING, MSE, NASTY, PLAIN

from losscli.analyses.report import Picture, Sample
from losscli.common.text import visible
from losscli.outputs.drawing.console import Looks, looks
from losscli.outputs.drawing.grid import Strip, decimally_aligned, grid
from losscli.outputs.formats import load
from losscli.outputs.views.evaluation import EvaluationView
from losscli.outputs.views.first_screen import verdict
from losscli.outputs.views.results import MOST_GROUPS, bars, groups
from losscli.outputs.views.tables import OF_GROUPS, costs, worst

render = load("table").render


def test_off_a_terminal_no_cell_is_cut_or_folded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "20")
    long = "x" * 500
    report = replace(PLAIN, results=(replace(MSE, worst=(Sample(1, long, 1.0, 2.0, 1.0, 1.0),)),))
    assert long in render(report)
    assert visible(NASTY).rstrip() in render(EVERYTHING)


def test_colour_that_is_forced_into_a_log_folds_nothing() -> None:
    text = render(EVERYTHING, Looks(color=True))
    assert "\x1b[" in text
    assert visible(NASTY).rstrip() in text


def test_on_a_terminal_lines_keep_to_its_width() -> None:
    assert max(map(len, render(EVERYTHING, Looks(width=50)).splitlines())) <= 50


def test_colours_are_only_written_where_they_are_shown() -> None:
    coloured = render(replace(EVERYTHING, gates=EVERYTHING.gates[:5]), Looks(color=True, width=200))
    assert "\x1b[1;32mpass" in coloured
    assert "\x1b[1;31mfail" in coloured
    plain = render(replace(EVERYTHING, gates=EVERYTHING.gates[:5]), Looks(width=200))
    assert "\x1b" not in plain
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == plain


def test_an_encoding_without_blocks_gets_ascii() -> None:
    assert render(EVERYTHING, looks(io.TextIOWrapper(io.BytesIO(), "latin-1"))).isascii()


def test_no_line_ends_in_blanks() -> None:
    assert not any(line != line.rstrip() for line in render(EVERYTHING).splitlines())


def test_decimal_points_stand_below_each_other() -> None:
    assert decimally_aligned(["1", "-20.5", "3e-07", "inf", ""]) == [
        "  1    ",
        "-20.5  ",
        "  3e-07",
        "inf    ",
        "       ",
    ]


def test_a_wide_table_is_broken_into_bands_that_repeat_the_first_column() -> None:
    strips = [Strip("row", ["1", "2"], "", number=True)]
    strips += [Strip(f"c{at}", ["12345678", "2"], "", number=True) for at in range(4)]
    lines = ["".join(piece for piece, _ in line) for line in grid(strips, 25, len)]
    assert lines == [
        "row        c0        c1",
        "───  ────────  ────────",
        "  1  12345678  12345678",
        "  2         2         2",
        "",
        "row        c2        c3",
        "───  ────────  ────────",
        "  1  12345678  12345678",
        "  2         2         2",
    ]


@pytest.mark.parametrize(
    ("width", "bands"),
    [(42, ["abcd"]), (40, ["ab", "cd"]), (22, ["ab", "cd"]), (20, ["a", "b", "c", "d"])],
)
def test_columns_that_belong_together_share_a_band_where_both_fit(width, bands) -> None:
    strips = [Strip("of", ["x"], "")]
    strips += [Strip(name, ["12345678"], "", number=True, joined=name in "bd") for name in "abcd"]
    lines = ["".join(piece for piece, _ in line) for line in grid(strips, width, len)]
    titles = ["".join(line.split()[1:]) for line in lines if line.startswith("of")]
    assert titles == bands


def test_a_number_is_never_folded_but_stands_below_what_it_is_about() -> None:
    strips = [Strip("loss", ["mse"], ""), Strip("cost", ["123456789012345.6"], "", number=True)]
    lines = ["".join(piece for piece, _ in line) for line in grid(strips, 18, len)]
    assert lines == ["loss, cost", "mse", "  123456789012345.6"]


def test_a_table_without_rows_has_its_titles() -> None:
    assert next(grid([Strip("a", [], ""), Strip("b", [], "", number=True)], None, len)) == [
        ("a  ", "title"),
        ("b", "title"),
    ]


def test_wide_characters_take_two_cells() -> None:
    first = replace(MSE, worst=(Sample(1, "漢字", 1.0, 2.0, 1.0, 1.0), Sample(2, "ab", 1.0, 2.0, 1.0, 1.0)))
    lines = render(replace(PLAIN, results=(first,))).splitlines()
    wide, narrow = (next(line for line in lines if text in line) for text in ("漢字", "  ab"))
    assert wide == narrow.replace("ab  ", "漢字").replace(" 2  漢", " 1  漢")


def test_bars_put_neighbouring_bins_together_and_lose_no_sample() -> None:
    picture = Picture(tuple(float(edge) for edge in range(24)), tuple(range(23)))
    found = bars(replace(MSE, picture=picture))
    assert len(found) == 8
    assert sum(bar.count for bar in found) == sum(range(23))
    assert (found[0].low, found[0].high, found[0].count) == ("0.00", "3.00", 3)
    assert (found[-1].low, found[-1].high, found[-1].count) == ("21.00", "23.00", 43)


@pytest.mark.parametrize(
    "picture", [None, Picture((0.0, 1.0), (0,)), Picture((0.0, float("inf")), (3,))], ids=str
)
def test_there_is_no_picture_where_there_is_nothing_to_see(picture: Picture | None) -> None:
    assert bars(replace(MSE, picture=picture)) == ()


def test_the_longest_bar_is_full_and_one_sample_is_never_invisible() -> None:
    picture = Picture((0.0, 1.0, 2.0, 3.0), (10**6, 1, 0))
    text = render(EvaluationView(replace(PLAIN, results=(replace(MSE, picture=picture),)), full=True))
    assert "█" * 36 + " 1000000" in text
    assert "  ▏ 1\n" in text
    assert "  0\n" in text


def test_of_very_many_groups_the_costliest_are_shown() -> None:
    many = tuple(replace(MSE, group=f"g{at}", cost=float(at)) for at in range(MOST_GROUPS + 5))
    section = groups(replace(MSE, groups=many), OF_GROUPS, "highest cost", attrgetter("cost"))
    assert section is not None
    assert section.title == f"The {MOST_GROUPS} of {MOST_GROUPS + 5} groups with the highest cost"
    assert list(section.columns[0].cells[:2]) == ["g54", "g53"]
    assert len(section.columns[0].cells) == MOST_GROUPS


def test_titles_count_the_samples_shown() -> None:
    titles = [worst(replace(MSE, n=n, worst=MSE.worst[:shown])) for n, shown in ((442, 3), (442, 1), (3, 3))]
    assert [title and title.title for title in titles] == [
        "The 3 worst samples",
        "The worst sample",
        "All 3 samples",
    ]
    assert worst(replace(MSE, worst=())) is None


def test_notes_say_how_the_cost_came_about() -> None:
    assert costs(replace(PLAIN, results=(MSE,))).notes == (("", "The cost is the mean of the losses."),)
    assert costs(PLAIN).notes == (("mse", "the mean of the losses"), ("rmse", "√(the mean of the losses)"))
    weighted = replace(MSE, weight_sum=3.0)
    assert (
        costs(replace(PLAIN, results=(weighted,))).notes[0][1]
        == "The cost is the weighted mean of the losses."
    )
    assert costs(replace(PLAIN, reduction="sum")).notes == (("", "The cost is the sum of the losses."),)


def test_the_verdict_counts_gates() -> None:
    passed, failed = EVERYTHING.gates[0], EVERYTHING.gates[1]
    found = [
        verdict(replace(PLAIN, gates=gates))
        for gates in ((passed,), (failed,), (passed, passed), (failed, passed, failed))
    ]
    assert found == [
        "pass: the gate passed",
        "fail: the gate failed",
        "pass: all 2 gates passed",
        "fail: 2 of 3 gates failed",
    ]
