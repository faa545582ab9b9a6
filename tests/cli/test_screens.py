"""Every screen, as wide as the terminal: no line is wider, no number is cut, and ASCII stays ASCII."""

import io
import re
from itertools import pairwise

import pytest
from helpers.calls import losscli
from rich.cells import cell_len
from rich.console import Console

from losscli.cli.terminal import manual, messages
from losscli.cli.terminal.page import Page
from losscli.outputs.drawing import screen

D = "diabetes_linear.csv diabetes_labels.csv"
F = "diabetes_forest.csv diabetes_labels.csv"
WINE = "wine_bayes.csv wine_labels.csv"
SCREENS = {
    "one loss": f"evaluate {D} -l mse",
    "three losses": f"evaluate {D} -l mse -l rmse -l huber:delta=2.5 --show sex --show id",
    "groups": f"evaluate {D} -l mse -l mae --group sex",
    "gates": f"evaluate {D} -l mse -g mse<=3000 -g mse.p95<=9000",
    "full": f"evaluate {D} -l mse -l mae --full --group sex --top 3",
    "sum": "evaluate diabetes.csv -l mae --reduction sum",
    "long name": "evaluate cancer_logits.csv cancer_labels.csv -l bce:from_logits=true",
    "classes": f"evaluate {WINE} -l ce -l perplexity -l zero_one",
    "recommend": "recommend cancer_logits.csv cancer_labels.csv",
    "recommend in full": f"recommend {D} --full",
    "losses": "losses",
    "losses in full": "losses margin --full",
    "explain": "explain cross_entropy",
    "gradient": "gradient wine_logits.csv wine_labels.csv -l ce:from_logits=true",
    "fit": f"fit {F} -l mse --optimizer sgd --optimizer adam --learning-rate 0.1 --learning-rate 0.01",
    "check": "check",
    "verify": "verify custom/asymmetric.py:asymmetric",
    "docs": "docs",
    "version": "version",
    "help": "--help",
    **{f"help of {name}": f"{name} --help" for name in ("evaluate", "recommend", "fit", "check")},
}
NUMBER = re.compile(r"(?<![\w.])-?\d+(?:\.\d+)?(?:e[+-]\d+)?(?![\w.])")


def shown(words, **environ):
    return losscli(*words.split(), merged=True, **environ).stdout


def pasted(line):
    """Tell whether a line is to be pasted, and therefore in one piece."""
    return line.startswith(("  losscli ", "losscli: to repeat it: "))


@pytest.mark.parametrize("width", [60, 80, 120, 200])
@pytest.mark.parametrize("name", SCREENS)
def test_no_line_is_wider_than_the_terminal(name, width):
    text = shown(SCREENS[name], COLUMNS=width)
    wide = [line for line in text.splitlines() if cell_len(line) > width and not pasted(line)]
    assert not wide


@pytest.mark.parametrize("page", ["docs gates", "docs losses/huber", *SCREENS.values()])
def test_ascii_is_all_there_is_where_nothing_else_can_be_shown(page):
    text = shown(page, COLUMNS=80, PYTHONIOENCODING="ascii")
    assert text.isascii()
    assert all(len(line) <= 80 or pasted(line) or page.startswith("docs ") for line in text.splitlines())


@pytest.mark.parametrize(
    "name", ["three losses", "gates", "long name", "classes", "gradient", "fit", "check"]
)
def test_a_narrow_screen_has_every_number_of_a_pipe(name):
    piped, narrow = (NUMBER.findall(shown(SCREENS[name], **more)) for more in ({}, {"COLUMNS": 60}))
    # Of a chart there are as many ticks as there is room for.
    assert {one for one in piped if "." in one} <= {*narrow}


@pytest.mark.parametrize(
    ("pair", "spec"),
    [
        (D, "mse"),
        ("cancer_logistic.csv cancer_labels.csv", "bce"),
        ("cancer_logits.csv cancer_labels.csv", "bce:from_logits=true"),
        (WINE, "ce"),
        (D, "rmse"),
    ],
)
@pytest.mark.parametrize("bound", ["{0} <= baseline + 2%", "{0} <= baseline - 2%", "{0}.p95 < 10000"])
def test_a_gate_and_a_baseline_fit_on_a_screen_whatever_the_loss(pair, spec, bound, tmp_path):
    words = ["evaluate", *pair.split(), "--loss", spec]
    losscli(*words, "--output", tmp_path / "main.json")
    gated = [*words, "--baseline", tmp_path / "main.json", "--gate", bound.format(spec)]
    assert len(losscli(*gated, "--exit-zero", COLUMNS=80).stdout.splitlines()) <= 24


def test_a_gate_on_what_is_undefined_fits_on_it_too(tmp_path):
    (tmp_path / "one.csv").write_text("prediction,label\n1,2\n")
    said = losscli("evaluate", "one.csv", "-l", "mse", "-g", "mse.std < 3", cwd=tmp_path, COLUMNS=80).stdout
    assert "one.csv  1 row  column prediction" in said
    assert "fail: mse.std < 3: std is undefined" in said
    assert len(said.splitlines()) <= 24


@pytest.mark.parametrize("pair", [D, WINE, "cancer_scores.csv cancer_signs.csv", "diabetes.csv", F])
def test_a_recommendation_has_thirty_lines_at_most(pair):
    assert len(shown(f"recommend {pair}", COLUMNS=80).splitlines()) <= 30


def test_a_cost_that_is_too_wide_keeps_its_number_in_one_piece():
    lines = shown(SCREENS["long name"], COLUMNS=60).splitlines()
    at = lines.index("  binary_cross_entropy:from_logits=true  cost")
    assert lines[at + 1] == "    0.07383704165098373  ± 0.0147  n 569"


def test_no_column_is_left_alone_by_the_width():
    text = shown(f"evaluate {D} -l mse -l huber:delta=2.5", COLUMNS=60)
    assert re.search(r"^  losses +mean +std +min$", text, re.MULTILINE)
    assert re.search(r"^  losses +p50 +p90 +p99 +max$", text, re.MULTILINE)


def test_checks_say_once_how_many_gates_passed_and_leave_no_line_empty():
    lines = shown("check", COLUMNS=80).splitlines()
    assert "  diabetes, linear  pass     2 of 2        mse" in lines
    assert not any(not one and not two for one, two in pairwise(lines))


def test_no_colour_is_lost_on_a_light_or_a_dark_background():
    styles = [*screen.STYLES.values(), *messages._STYLES.values()]
    codes = {code for style in styles for code in re.sub(r"38;5;\d+", "", style).split(";")}
    # Black, white, the bright ones of them, and yellow, which is bright where it is bold.
    assert not codes & {"30", "37", "33", "90", "93", "97", "40", "47"}
    assert not any("yellow" in style or "white" in style for style in manual._STYLES.values())


def test_the_manual_cuts_nothing_on_a_terminal():
    drawn = io.StringIO()
    table = "| a | b |\n|---|---|\n| x | https://example.org/" + "ab" * 60 + " |\n"
    Console(file=drawn, width=60).print(Page(table))
    assert "…" not in drawn.getvalue()
    assert len(re.findall("[ab]", drawn.getvalue().partition("org/")[2])) >= 100
    assert all(cell_len(line) <= 60 for line in drawn.getvalue().splitlines())
