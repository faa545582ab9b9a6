"""Which spread a column holds: said by a parameter, else by the column's name, else the loss's own."""

from __future__ import annotations

import json
import math

import numpy as np
import pandas as pd
import pytest
from helpers.calls import losscli

from losscli import evaluate, gradient, load_loss, recommend
from losscli.analyses.evaluate.together import evaluate_many
from losscli.analyses.signature import parts
from losscli.cli.terminal import complete
from losscli.common.errors import LosscliError
from losscli.inputs.columns.fields import STD, VARIANCE
from losscli.inputs.request import Request
from losscli.loss import registry
from losscli.loss.spec import parse_spec

RANDOM = np.random.default_rng(8)
LABEL, MEAN, SD = RANDOM.normal(0, 2, 50), RANDOM.normal(0, 2, 50), RANDOM.gamma(2.0, 1.0, 50)
LOSSES = ("gaussian_nll", "gaussian_crps")
OWN = {"gaussian_nll": "variance", "gaussian_crps": "std"}


def frame(**spreads):
    return pd.DataFrame({"prediction": MEAN, **spreads, "label": LABEL})


def expected(loss):
    """What the formulas of the literature say, of the standard deviation."""
    from scipy import stats

    z = (LABEL - MEAN) / SD
    if loss == "gaussian_nll":
        return -stats.norm.logpdf(LABEL, MEAN, SD).mean() - 0.5 * math.log(2.0 * math.pi)
    inner = z * (2 * stats.norm.cdf(z) - 1) + 2 * stats.norm.pdf(z) - 1 / math.sqrt(math.pi)
    return (SD * inner).mean()


def cells(name):
    return np.square(SD) if name in VARIANCE else SD


@pytest.fixture
def folder(tmp_path):
    frame(sigma=SD).to_csv(tmp_path / "sigma.csv", index=False)
    frame(var=np.square(SD)).to_csv(tmp_path / "var.csv", index=False)
    frame(s=SD).rename(columns={"prediction": "m"}).to_csv(tmp_path / "plain.csv", index=False)
    return tmp_path


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("name", [*STD, *VARIANCE])
def test_the_number_is_right_and_says_what_was_read(loss, name):
    report = evaluate(frame(**{name: cells(name)}), loss=loss)
    result, read = report.results[0], "variance" if name in VARIANCE else "std"
    assert result.cost == pytest.approx(expected(loss), rel=1e-12)
    assert (result.loss, result.parameters["spread"]) == (loss, read)
    signed = f"{loss}|" if read == OWN[loss] else f"{loss}:spread={read}|"
    assert report.signature.startswith(signed)
    assert result.signature.startswith(signed)
    assert parts(report.signature).losses[0].parameters == (() if read == OWN[loss] else (("spread", read),))
    assert len(report.notes) == (read != OWN[loss])


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("name", [*STD, *VARIANCE])
def test_a_parameter_that_contradicts_the_name_is_refused_with_both_ways_out(loss, name):
    here, there = ("variance", "std") if name in VARIANCE else ("std", "variance")
    data = frame(**{name: cells(name)})
    assert evaluate(data, loss=f"{loss}:spread={here}").results[0].cost == pytest.approx(expected(loss))
    for chosen in (None, ["prediction", name]):
        with pytest.raises(LosscliError) as wrong:
            evaluate(data, loss=f"{loss}:spread={there}", prediction=chosen)
        assert f"{name} is a {here}, but spread={there} reads it as a {there}" in str(wrong.value)
        assert f"If it holds a {here}: spread={here}" in wrong.value.remedy
        assert f"If it holds a {there}: rename it to {there}." in wrong.value.remedy


@pytest.mark.parametrize("loss", LOSSES)
def test_of_a_file_with_both_each_reads_its_own_or_what_it_is_told(loss):
    data = frame(sd=SD, var=3.0 * np.square(SD))
    own = frame(**{OWN[loss]: data["var" if OWN[loss] == "variance" else "sd"]})
    assert evaluate(data, loss=loss).results[0].cost == evaluate(own, loss=loss).results[0].cost
    for spread, column in (("std", "sd"), ("variance", "var")):
        report = evaluate(data, loss=f"{loss}:spread={spread}")
        assert report.columns["prediction"] == ("prediction", column)
        alone = evaluate(data.drop(columns=["var" if column == "sd" else "sd"]), loss=loss)
        assert report.results[0].cost == alone.results[0].cost


@pytest.mark.parametrize("loss", LOSSES)
def test_where_the_name_says_nothing_the_parameter_does(loss):
    for data in (frame(s=SD), np.stack([MEAN, SD], axis=1)):
        columns = ["prediction", "s"] if isinstance(data, pd.DataFrame) else ["0", "1"]
        labels = None if isinstance(data, pd.DataFrame) else LABEL
        told = evaluate(data, labels, loss=f"{loss}:spread=std", prediction=columns)
        assert told.results[0].cost == pytest.approx(expected(loss), rel=1e-12)
        silent = evaluate(data, labels, loss=loss, prediction=columns).results[0]
        assert silent.parameters["spread"] == OWN[loss]
        assert (silent.cost == told.results[0].cost) == (OWN[loss] == "std")


@pytest.mark.parametrize("name", ["sd", "var"])
@pytest.mark.parametrize("loss", LOSSES)
def test_the_gradient_is_by_the_column_as_it_is_given(loss, name):
    report = gradient(frame(**{name: cells(name)}), loss=loss, top=None)
    read = "variance" if name == "var" else "std"
    found = report.results[0].gradient
    assert found.columns == ("prediction", read)
    z, single = (MEAN - LABEL) / SD, load_loss(f"{loss}:spread=std")
    by_std = single.gradient(LABEL, np.stack([MEAN, SD], axis=1))[:, 1]
    if loss == "gaussian_nll":
        assert by_std == pytest.approx((1 - z**2) / SD)
    wanted = by_std if read == "std" else by_std / (2 * SD)
    assert found.mean[1] == pytest.approx(wanted.mean(), rel=1e-10)


def test_both_losses_go_in_one_call_where_they_read_one_column(folder):
    report = evaluate(folder / "sigma.csv", loss=["gaussian_nll:spread=std", "gaussian_crps"])
    assert [one.cost for one in report.results] == [pytest.approx(expected(loss)) for loss in LOSSES]
    assert report.signature.startswith("gaussian_nll:spread=std+gaussian_crps|")


def test_losses_that_read_different_spreads_say_how_they_read_one(folder):
    apart = call(folder, "sigma.csv", *(word for loss in LOSSES for word in ("--loss", loss)))
    assert apart.returncode == 2
    assert "gaussian_nll:spread=std reads what gaussian_crps reads." in apart.stderr
    assert "gaussian_crps:spread=variance reads what gaussian_nll reads." in apart.stderr
    other = call(folder, "sigma.csv", "--loss", "gaussian_nll", "--loss", "interval_score").stderr
    assert "separately" in other
    assert "spread" not in other


def test_requests_that_say_it_and_that_leave_it_open_are_read_apart(folder):
    specs = (
        "gaussian_nll",
        "gaussian_nll:spread=variance",
        "gaussian_nll:spread=std",
        "gaussian_nll:full=true",
    )
    requests = [
        Request(str(folder / name), loss=(parse_spec(spec, registry.find),))
        for name in ("sigma.csv", "var.csv")
        for spec in specs
    ]
    found = evaluate_many(requests)
    refused = [place for place, one in enumerate(found) if isinstance(one, LosscliError)]
    assert [(requests[place].predictions[-7:], requests[place].loss[0].spec) for place in refused] == [
        ("gma.csv", "gaussian_nll:spread=variance"),
        ("var.csv", "gaussian_nll:spread=std"),
    ]
    signatures = [one.signature.partition("|")[0] for one in found if not isinstance(one, LosscliError)]
    assert signatures == [
        *("gaussian_nll:spread=std", "gaussian_nll:spread=std", "gaussian_nll:full=true,spread=std"),
        *("gaussian_nll", "gaussian_nll", "gaussian_nll:full=true"),
    ]


def call(folder, *arguments):
    return losscli("evaluate", *arguments, cwd=folder)


def test_the_program_says_the_same_with_its_exit_status(folder):
    done = call(folder, "sigma.csv", "--loss", "gaussian_nll", "--quiet")
    assert (done.returncode, float(done.stdout)) == (0, pytest.approx(expected("gaussian_nll"), rel=1e-12))
    assert "note: the column sigma is read as a std because of its name (spread=std)" in done.stderr
    wrong = call(folder, "sigma.csv", "--loss", "gaussian_nll:spread=variance")
    assert (wrong.returncode, wrong.stdout) == (2, "")
    chosen = ("--prediction", "m", "--prediction", "s", "--quiet")
    for loss in LOSSES:
        plain = call(folder, "plain.csv", "--loss", f"{loss}:spread=std", *chosen)
        assert (plain.returncode, float(plain.stdout)) == (0, pytest.approx(expected(loss), rel=1e-12))
    typo = call(folder, "sigma.csv", "--loss", "gaussian_nll:spread=sdt")
    assert typo.returncode == 2
    assert "spread=sdt; spread is variance or std" in typo.stderr
    assert (
        "spread=1; spread is variance or std" in call(folder, "x", "--loss", "gaussian_nll:spread=1").stderr
    )
    assert "full=std" in call(folder, "x", "--loss", "gaussian_nll:full=std").stderr
    slopes = losscli("gradient", "sigma.csv", "--loss", "gaussian_nll", "--per-sample", "g.csv", cwd=folder)
    assert slopes.returncode == 0
    head = (folder / "g.csv").read_text().partition("\n")[0].split(",")
    assert head[-2:] == ["gradient_prediction", "gradient_std"]


def test_gates_and_baselines_go_by_the_spec_that_was_asked_for(folder):
    base = folder / "base.json"
    for name, other in (("sigma.csv", "var.csv"), ("var.csv", "sigma.csv")):
        base.write_text(call(folder, name, "--loss", "gaussian_nll", "--format", "json").stdout)
        assert json.loads(base.read_text())["results"][0]["parameters"] == {
            "full": False,
            "spread": "std" if name == "sigma.csv" else "variance",
        }
        gate = ("--gate", "gaussian_nll <= baseline + 1e-9", "--baseline", base, "--quiet")
        # The likelihood is the same quantity, whichever column it is computed from.
        for data in (name, other):
            done = call(folder, data, "--loss", "gaussian_nll", *gate)
            assert (done.returncode, "1 gate failed" in done.stderr) == (0, False), done.stderr
    whole = json.loads(base.read_text())
    del whole["results"][0]["parameters"]["spread"]
    base.write_text(json.dumps(whole))
    assert call(folder, "sigma.csv", "--loss", "gaussian_nll", *gate).returncode == 0
    told = call(
        folder, "sigma.csv", "--loss", "gaussian_nll:spread=std", "--gate", "gaussian_nll:spread=std < 0"
    )
    assert told.returncode == 1


def test_a_baseline_with_a_word_that_is_none_is_refused(folder):
    whole = json.loads(call(folder, "sigma.csv", "--loss", "gaussian_nll", "--format", "json").stdout)
    whole["results"][0]["parameters"]["spread"] = "1e3"
    (folder / "base.json").write_text(json.dumps(whole))
    done = call(
        *(folder, "sigma.csv", "--loss", "gaussian_nll", "--baseline", "base.json"),
        *("--gate", "gaussian_nll <= baseline"),
    )
    assert done.returncode == 2
    assert "parameters.spread is '1e3'" in done.stderr


@pytest.mark.parametrize("spec", ["gaussian_nll", "gaussian_nll:spread=std", "gaussian_crps:spread=std"])
def test_a_receipt_replays(folder, spec):
    assert call(folder, "sigma.csv", "--loss", spec, "--receipt", "r.json", "--quiet").returncode == 0
    assert json.loads((folder / "r.json").read_text())["call"]["loss"] == [spec]
    assert losscli("replay", "r.json", cwd=folder).returncode == 0


def test_a_config_takes_it(folder):
    text = '[[check]]\nname = "a"\npredictions = "sigma.csv"\nloss = ["gaussian_nll:spread=std"]\n'
    text += 'gate = ["gaussian_nll:spread=std.p90 <= 99"]\n'
    text += '[[check]]\nname = "b"\npredictions = "sigma.csv"\nloss = ["gaussian_nll:spread=variance"]\n'
    (folder / "losscli.toml").write_text(text)
    assert losscli("check", "--only", "a", cwd=folder).returncode == 0
    both = losscli("check", cwd=folder)
    assert both.returncode == 2
    assert "spread=variance reads it as a variance" in both.stdout + both.stderr


def test_lists_pages_and_completion_know_the_words():
    listed = json.loads(losscli("losses", "gaussian_nll", "--format", "json").stdout)[0]
    assert listed["columns"] == ["prediction", "variance"]
    spread = listed["parameters"]["spread"]
    assert (spread["default"], spread["domain"]) == ("variance", "variance or std")
    page = losscli("explain", "gaussian_nll:spread=std").stdout
    assert "(default variance, here std)" in " ".join(page.split())
    assert "named columns: prediction, std" in page

    def completed(text):
        return [item.value for item in complete.complete_loss(None, None, text)]

    assert completed("gaussian_nll:spread=") == ["gaussian_nll:spread=variance", "gaussian_nll:spread=std"]
    assert completed("gaussian_nll:full=true,spread=s") == ["gaussian_nll:full=true,spread=std"]
    assert completed("bce:from_logits=t") == ["bce:from_logits=true"]
    assert completed("bce:eps=1") == []
    assert losscli("verify", "gaussian_crps:spread=variance").returncode == 0


@pytest.mark.parametrize(("name", "leads"), [("sigma", "gaussian_crps"), ("var", "gaussian_nll")])
def test_recommend_goes_by_the_name_too(name, leads):
    advice = recommend(frame(**{name: cells(name)}))
    assert advice.recommendations[0].loss == leads
    assert advice.recommendations[0].cost == pytest.approx(expected(leads), rel=1e-12)


OWN_LOSS = """
import numpy as np
from losscli.loss import BINARY, REAL, Choice, Fields, Layout, Loss, Parameter


def value(label, prediction, *, of):
    return np.abs(label - (prediction if of == "point" else prediction.mean(axis=1)))


def error(label, prediction, *, of):
    return label - (prediction if of == "point" else prediction.mean(axis=1))


MIDDLE = Loss(
    name="middle",
    family="own",
    value=value,
    error=error,
    label=REAL,
    prediction=lambda p: REAL if p["of"] == "point" else Fields((("low", REAL), ("high", REAL))),
    layout=lambda p: Layout.OUTPUTS if p["of"] == "point" else Layout.NAMED,
    parameters={"of": Parameter("point", Choice(("point", "ends", "tails")), "what is predicted")},
    zero_at_perfect=None,
    convex=None,
    summary="s", formula="f", use="u", avoid="a",
    remedies=lambda p: {"label": f"It is {p['of']}"},
)
"""


def test_a_declaration_of_ones_own_may_read_other_columns_by_a_word(tmp_path):
    (tmp_path / "own.py").write_text(OWN_LOSS)
    (tmp_path / "p.csv").write_text("prediction,low,high,label\n1,2,6,3\n2,0,2,0\n")
    for spec, expected_cost in (("own.py:MIDDLE", "2.0"), ("own.py:MIDDLE:of=ends", "1.0")):
        done = call(tmp_path, "p.csv", "--loss", spec, "--quiet")
        assert (done.returncode, done.stdout.strip(), done.stderr) == (0, expected_cost, "")
    wrong = call(tmp_path, "p.csv", "--loss", "own.py:MIDDLE:of=end")
    assert wrong.returncode == 2
    assert "of=end; of is point, ends or tails" in wrong.stderr
    signed = json.loads(call(tmp_path, "p.csv", "--loss", "own.py:MIDDLE:of=ENDS", "--format", "json").stdout)
    assert signed["signature"].startswith("own.py:MIDDLE:of=ends@")
