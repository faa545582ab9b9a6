"""How often intervals and gates are wrong: no more often than promised, and as the manual says."""

from dataclasses import replace

import error_cases
import error_exact
import error_pages
import error_rates
import mpmath
import numpy as np
import pytest
from error_methods import Runs, resampled, sacrebleu, student, wide_t
from error_rates import BEYOND, SHORT, SIZES, Form, broken

SHORT_FORM = Form(SHORT, others=False)


@pytest.fixture
def one_cell(monkeypatch):
    """Only squared errors with heavy tails and log-normal losses, of 100 rows."""
    monkeypatch.setattr(error_rates, "CASES", error_cases.CASES[2:4])
    monkeypatch.setattr(error_rates, "SIZES", (100,))


def test_manual_shows_what_was_measured():
    assert error_pages.PAGE.read_text(encoding="utf-8") == error_pages.wanted(error_pages.stored())


def test_a_figure_that_was_not_measured_is_found(tmp_path):
    text = error_pages.PAGE.read_text(encoding="utf-8")
    page = tmp_path / "page.md"
    page.write_text(text.replace("| 5.7 / 0.4 |", "| 4.7 / 0.4 |"), encoding="utf-8")
    assert page.read_text(encoding="utf-8") != text
    assert error_pages.wanted(error_pages.stored(), page) == text


def test_what_was_measured_keeps_the_promises():
    found = error_pages.stored()
    assert found["runs"] == error_rates.RUNS
    cells = [(row["case"], row["n"]) for row in found["gates"]]
    assert cells == [(case.name, n) for case in error_cases.CASES for n in SIZES]
    assert len(error_cases.CASES) == 9
    assert [(row["case"], row["n"]) for row in found["pairs"]] == [
        (case.name, n) for case in error_cases.PAIRS for n in SIZES
    ]
    assert broken(found) == []
    # Without any slack, too.
    assert max(max(row["passed"], row["failed"]) for row in found["gates"]) <= error_rates.GATE_BAR
    assert max(row["ours"] for row in found["pairs"]) <= error_rates.PAIR_BAR


def test_what_is_said_to_be_beyond_its_promise_is(monkeypatch):
    monkeypatch.setattr(error_rates, "BEYOND", {})
    found = broken(error_pages.stored())
    assert all(any(one.startswith(f"{name[0]}: {name[2]}") for one in found) for name in BEYOND)
    # The verdict on equal differences is beyond at n = 30 and at n = 100.
    assert len(found) == len(BEYOND) + 1


def test_exact_rates_are_those_that_were_stored():
    stored, some = error_pages.stored(), SIZES[:3]
    found = error_exact.measured(error_rates.ALPHA, some)
    for name in ("proportions", "tables"):
        assert found[name] == [row for row in stored[name] if row["n"] in some]
    assert found["percentiles"] == stored["percentiles"]


@pytest.mark.parametrize("section", ["gates", "pairs", "looks", "clusters"])
def test_short_form_keeps_the_promises(section):
    found = {section: list(getattr(error_rates, section)(SHORT_FORM))}
    assert broken(found) == []


def test_the_same_draws_each_time(one_cell):
    form = replace(SHORT_FORM, runs=200)
    assert list(error_rates.gates(form)) == list(error_rates.gates(form))


@pytest.mark.parametrize(
    "wrong", [{"rule": False}, {"bounds": student, "rule": False}], ids=["no rule", "t alone"]
)
def test_gates_without_the_rule_break_them(one_cell, wrong):
    assert broken({"gates": list(error_rates.gates(replace(SHORT_FORM, **wrong)))})


def test_other_intervals_than_those_that_ship_are_found(one_cell):
    with pytest.raises(SystemExit, match="the program's own path"):
        list(error_rates.pairs(replace(SHORT_FORM, bounds=student)))


def test_runs_that_are_not_those_of_the_program_are_found(one_cell, monkeypatch):
    right = Runs.of

    def wrong(values):
        return replace(right(values), skewness=right(values).skewness * 1.001)

    monkeypatch.setattr(Runs, "of", staticmethod(wrong))
    with pytest.raises(SystemExit, match="the program's own path"):
        list(error_rates.gates(SHORT_FORM))


@mpmath.workdps(30)
def test_means_are_those_of_mpmath():
    sharp = mpmath.digamma(mpmath.mpf("1.4")) - mpmath.digamma(mpmath.mpf("1.2"))

    def cost(p):
        odds = ((1 - p) / p) ** 3
        return p * mpmath.log(1 + odds) + (1 - p) * mpmath.log(1 + 1 / odds)

    overconfident = mpmath.quad(cost, [0, 0.001, 0.01, 0.1, 0.5, 0.9, 0.99, 0.999, 1])
    normal = mpmath.sqrt(2 / mpmath.pi)
    wanted = [normal, 1, mpmath.mpf(5) / 3, mpmath.exp(2), 0.5, sharp, overconfident, normal / 2]
    wanted.append(mpmath.mpf("0.95") + 25 * mpmath.mpf("0.05"))
    found = [case.mean for case in error_cases.CASES]
    assert found == pytest.approx([float(one) for one in wanted], rel=1e-14)


@pytest.mark.parametrize("place", range(9))
def test_draws_have_the_mean_that_is_said(place):
    case = error_cases.CASES[place]
    values = case.draw(error_cases.random(9, place), (1, 2_000_000))[0]
    error = values.std() / len(values) ** 0.5
    assert abs(values.mean() - case.mean) < 5 * error


@pytest.mark.parametrize("place", range(7))
def test_pairs_have_equal_means(place):
    a, b = error_cases.PAIRS[place].draw(error_cases.random(10, place), (1, 1_000_000))
    d = (a - b)[0]
    assert abs(d.mean()) < 5 * d.std() / len(d) ** 0.5


def test_recipe_of_sacrebleu_is_sure_of_one_sentence():
    assert sacrebleu(np.array([[0.3]])) == [1 / 1000]
    assert sacrebleu(np.array([[0.0]])) == [1 / 1000]


def test_resamples_are_means_of_rows():
    values = np.array([[1.0, 2.0, 4.0]])
    means = resampled(values)
    assert means.shape == (1, 999)
    assert {*np.unique(np.round(3 * means)).astype(int).tolist()} <= set(range(3, 13))
    assert abs(means.mean() - 7 / 3) < 0.2


def test_rates_are_told_from_chance():
    assert not error_rates.too_often(0.07, 1000, 0.065)
    assert error_rates.too_often(0.1, 1000, 0.065)
    assert not error_rates.too_often(0.06, 1000, 0.065)


def test_wide_is_never_narrower_than_t():
    runs = Runs.of(error_cases.CASES[2].draw(error_cases.random(11), (500, 40)))
    (low, high), (below, above) = wide_t(runs, 0.05), student(runs, 0.05)
    assert (low <= below).all()
    assert (high >= above).all()
