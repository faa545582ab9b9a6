"""Doctor's false alarms and power: measured as the manual says, and on data that are told apart by name."""

from pathlib import Path

import doctor_rates
import numpy as np
import pandas as pd
import pytest
from doctor import datasets, faults, models, pages, pairs, runs, tables
from doctor.datasets import Frame
from doctor.faults import FAULTS

import losscli

N = 240


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> pairs.Pairs:
    """Pairs of one data set, with a number and classes that can be predicted."""
    folder = tmp_path_factory.mktemp("pairs")
    chance = np.random.RandomState(0)
    x = chance.standard_normal((N, 3))
    rows = pd.DataFrame(10.0 + x, columns=["a", "b", "id"])
    rows["size"] = 20.0 + 3.0 * x[:, 0] + 2.0 * x[:, 1] + 0.3 * chance.standard_normal(N)
    rows["kind"] = np.where(x[:, 0] > 0.5, "big", np.where(x[:, 1] > 0, "middle", "small"))
    rows["side"] = np.where(x[:, 2] + 0.1 * chance.standard_normal(N) > 0, "left", "right")
    pairs.write(folder, pairs.fitted(Frame("made", "none", rows), folder))
    return pairs.Pairs(folder)


def of_kind(kept: pairs.Pairs, kind: str) -> pairs.Pair:
    return kept.load(next(one.name for one in kept.metas if one.kind == kind and one.grade == "good"))


def test_manual_shows_what_was_measured():
    assert pages.PAGE.read_text(encoding="utf-8") == pages.wanted(pages.stored())


def test_a_figure_that_was_not_measured_is_found(tmp_path: Path):
    text = pages.PAGE.read_text(encoding="utf-8")
    page = tmp_path / "page.md"
    wrong = text.replace("honest pairs with an alarm (", "honest pairs with an alarm (0")
    assert wrong != text
    page.write_text(wrong, encoding="utf-8")
    assert pages.wanted(pages.stored(), page) == text


def test_what_was_measured_is_of_the_reporting_half():
    found = pages.stored()
    assert found["half"] == "reporting"
    assert found["together"]["pairs"] == sum(found["data"]["reporting"]["pairs"].values()) > 1500
    assert [row["fault"] for row in found["faults"]] == [fault.name for fault in FAULTS]


@pytest.mark.parametrize("name", ["iris", "diamonds", "penguins", "wine", "mtcars"])
def test_half_of_a_data_set_depends_on_its_name_alone(name: str):
    found = {"iris": 0, "diamonds": 0, "penguins": 1, "wine": 1, "mtcars": 0}
    assert datasets.half(name) == ("tuning", "reporting")[found[name]]


def test_halves_share_no_data_set(kept: pairs.Pairs):
    assert len({one.half for one in kept.metas}) == 1
    halves = [datasets.half(str(number)) for number in range(1000)]
    assert 450 < halves.count("tuning") < 550


def test_installed_data_sets_are_found():
    found = {frame.name: frame for frame in datasets.frames(("sklearn",))}
    assert sorted(found) == ["breast-cancer", "diabetes", "digits", "iris", "wine"]
    assert found["iris"].rows.shape == (150, 5)
    assert list(datasets.frames(("no_such_package",))) == []


def test_columns_that_number_the_rows_are_left_out():
    rows = pd.DataFrame({"row": np.arange(100), "x": np.arange(100) ** 0.5, "flag": np.arange(100) % 2 > 0})
    made = datasets.tidied(rows)
    assert made is not None
    assert list(made.columns) == ["x", "flag"]
    assert set(made["flag"]) == {"True", "False"}


def test_models_predict_the_other_half_in_order_of_the_file(kept: pairs.Pairs):
    assert {one.model for one in kept.metas if one.kind == "numbers"} == set(models.REGRESSION)
    assert {one.model for one in kept.metas if one.kind == "classes"} == set(models.CLASSIFICATION)
    assert all(one.n == N // 2 for one in kept.metas)
    for meta in kept.metas:
        pair = kept.load(meta.name)
        if meta.kind == "classes":
            assert pair.predictions.shape == (meta.n, len(meta.classes))
            assert np.allclose(pair.predictions.sum(axis=1), 1.0)
            assert set(pair.labels) <= set(meta.classes)
        if meta.kind == "numbers":
            beside = kept.beside(meta)
            assert (beside[meta.target] == pair.labels).all()
    assert of_kind(kept, "numbers").meta.quality > 0.6


@pytest.mark.parametrize("form", ["position", "id", "table", "rows", "train"])
@pytest.mark.parametrize("kind", ["numbers", "classes", "binary"])
def test_a_pair_costs_the_same_in_every_form(kept: pairs.Pairs, kind: str, form: str):
    pair = of_kind(kept, kind)
    call, plain = pairs.given(pair, form, kept), pairs.given(pair, "position")
    costs = [losscli.evaluate(one.predictions, one.labels, faults.PLAIN[kind]).cost for one in (call, plain)]
    assert costs[0] == costs[1]
    assert ("train" in call.options) == (form in ("train", "rows"))


@pytest.mark.parametrize("fault", FAULTS, ids=[fault.name for fault in FAULTS])
def test_each_fault_changes_something(kept: pairs.Pairs, fault: faults.Fault):
    made = 0
    for meta in kept.metas:
        if fault.suits(meta) and meta.grade != "poor":
            with np.errstate(all="ignore"):
                call = fault.put_in(kept.load(meta.name), kept)
            if call is None:
                continue
            made += 1
            honest = pairs.given(kept.load(meta.name), call.form, kept)
            same = call.predictions.equals(honest.predictions) and (
                call.labels is None or call.labels.equals(honest.labels)
            )
            assert not same or call.loss != honest.loss or call.options
    # Of so few rows, none has a label whose probability is that small.
    assert made or fault.name in ("rounded", "saturated")


def test_a_fault_is_the_same_each_time(kept: pairs.Pairs):
    shuffled = next(fault for fault in FAULTS if fault.name == "shuffled, numbers")
    pair = of_kind(kept, "numbers")
    first, second = shuffled.put_in(pair, kept), shuffled.put_in(pair, kept)
    assert first is not None
    assert second is not None
    assert first.labels.equals(second.labels)


def test_what_doctor_says_is_counted(kept: pairs.Pairs):
    half = kept.metas[0].half
    said = runs.honest(kept.folder, half, workers=1)
    assert len(said) == len(kept.metas)
    assert not any(one.alarms or one.failed for one in said)
    assert tables.together(said)["alarms"] == 0
    faulty = runs.faulty(kept.folder, half, workers=1, only=("D16",))
    (row,) = (row for row in tables.of_faults(faulty, kept.named) if row["fault"] == "negated")
    assert row["good"]["found"] > 0
    assert row["good"]["found"] == row["good"]["mended"] <= row["good"]["pairs"]
    assert "D16 sign_flipped" in "\n".join(tables.alarm_lines(faulty["negated"]))
    assert len(list(tables.missed_lines(faulty))) == sum(
        not one.of(_fault("negated")) for one in faulty["negated"]
    )


def _fault(name: str) -> faults.Fault:
    return next(fault for fault in FAULTS if fault.name == name)


def test_what_doctor_raises_is_no_alarm(kept: pairs.Pairs):
    call = pairs.given(of_kind(kept, "numbers"), "position")
    said = runs.say(call._replace(loss="no_such_loss"), "name")
    assert "no_such_loss" in said.failed
    assert not said.alarms
    assert next(iter(tables.alarm_lines([said]))).startswith("refused")


def test_only_rates_of_the_reporting_half_are_written():
    for words in (["--half", "tuning"], ["--form", "id"], ["--only", "D8"], ["--honest"]):
        with pytest.raises(SystemExit):
            doctor_rates.main([*words, "--write"])


def test_program_says_what_it_found(kept: pairs.Pairs, capsys: pytest.CaptureFixture[str]):
    half = kept.metas[0].half
    words = ["--pairs", str(kept.folder), "--half", half, "--workers", "1", "--only", "D16", "--missed"]
    assert doctor_rates.main(words) == 0
    out = capsys.readouterr().out
    assert f"0 of {len(kept.metas)} honest pairs with an alarm" in out
    assert "| D16 | sign flipped |" in out
