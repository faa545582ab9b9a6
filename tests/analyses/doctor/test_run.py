"""Examinations as a whole: what is tried, what is told, on every way to them."""

from __future__ import annotations

import json
import pickle
import shlex
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers.calls import losscli

import losscli as api
from losscli.analyses.doctor.checks import every, find
from losscli.common.errors import LosscliError, UsageError

SIGN = ("--loss", "mse")


def flipped(folder: Path, rows: int = 400) -> tuple[str, str]:
    """Write predictions with the other sign, and their labels."""
    random = np.random.default_rng(7)
    label = random.normal(50.0, 10.0, rows)
    prediction = -(label + random.normal(0.0, 2.0, rows))
    for name, values in (("p.csv", prediction), ("l.csv", label)):
        column = "prediction" if name == "p.csv" else "label"
        (folder / name).write_text(
            "\n".join([column, *(repr(float(value)) for value in values)]) + "\n", encoding="utf-8"
        )
    return str(folder / "p.csv"), str(folder / "l.csv")


def test_repair_is_tried_and_gives_the_promised_cost(tmp_path: Path) -> None:
    files = flipped(tmp_path)
    done = losscli("doctor", *files, *SIGN, "--json")
    assert done.returncode == 1
    document = json.loads(done.stdout)
    (one,) = [found for found in document["findings"] if found["check"] == "sign_flipped"]
    assert document["document"] == "doctor"
    assert one["level"] == "likely"
    assert one["cost"] == api.evaluate(*files, "mse").cost == document["cost"]
    mended = losscli(*one["command"][1:], "--json")
    assert json.loads(mended.stdout)["results"][0]["cost"] == one["cost_repaired"] < one["cost"]
    assert "sign_flipped" in document["checked"]


def test_repaired_inputs_are_clean(tmp_path: Path) -> None:
    files = flipped(tmp_path)
    done = losscli("doctor", *files, *SIGN, "--transform-prediction", "negate", "--json")
    assert done.returncode == 0
    assert not [one for one in json.loads(done.stdout)["findings"] if one["level"] in ("certain", "likely")]


@pytest.mark.parametrize("rows", [1, 7, 100, 10**6])
def test_block_sizes_change_nothing(rows: int, tmp_path: Path) -> None:
    files = flipped(tmp_path)
    whole = losscli("doctor", *files, *SIGN, "--json").stdout
    assert losscli("doctor", *files, *SIGN, "--json", "--block-rows", str(rows)).stdout == whole


@pytest.mark.slow
@pytest.mark.parametrize("loss", [SIGN, ()])
def test_engines_change_nothing(loss: tuple[str, ...], tmp_path: Path) -> None:
    files = flipped(tmp_path, 60_000)
    here = losscli("doctor", *files, *loss, "--json")
    there = losscli("doctor", *files, *loss, "--json", "--engine", "processes", "--workers", "2")
    assert (there.stdout, there.returncode) == (here.stdout, here.returncode)
    assert here.returncode == 1


def test_evaluation_tells_findings_as_notes(tmp_path: Path) -> None:
    files = flipped(tmp_path)
    plain, noted = (api.evaluate(*files, "mse", doctor=doctor) for doctor in (False, True))
    assert noted.results == plain.results
    assert any(note.startswith("doctor (likely, sign_flipped): ") for note in noted.notes)
    done = losscli("evaluate", *files, *SIGN, "--doctor")
    assert done.returncode == 0
    assert "doctor (likely, sign_flipped)" in done.stderr


def test_checks_of_a_config_tell_findings(tmp_path: Path) -> None:
    flipped(tmp_path)
    one = '[[check]]\nname = "one"\npredictions = "p.csv"\nlabels = "l.csv"\n'
    config = f'{one}loss = "mse"\ndoctor = true\n{one.replace("one", "two")}loss = "mae"\n'
    (tmp_path / "losscli.toml").write_text(config, encoding="utf-8")
    done = losscli("check", "--format", "table", cwd=tmp_path)
    assert done.stderr.count("doctor (likely, sign_flipped)") == 1
    done = losscli("check", "--format", "markdown", cwd=tmp_path)
    assert (done.stdout + done.stderr).count("sign_flipped") == 1


def test_pipes_are_examined_with_a_loss(tmp_path: Path) -> None:
    predictions, labels = flipped(tmp_path)
    text = Path(predictions).read_text(encoding="utf-8")
    done = losscli("doctor", "-", labels, *SIGN, "--json", stdin=text)
    (one,) = [found for found in json.loads(done.stdout)["findings"] if found["check"] == "sign_flipped"]
    assert (done.returncode, one["level"], one["cost_repaired"]) == (1, "likely", None)
    done = losscli("doctor", "-", labels, stdin=text)
    assert (done.returncode, "--loss NAME" in done.stderr) == (2, True)


def test_data_that_cannot_be_read_end_with_2(tmp_path: Path) -> None:
    predictions, labels = flipped(tmp_path)
    assert losscli("doctor", predictions, str(tmp_path / "none.csv")).returncode == 2
    Path(labels).write_text("label\n1\n", encoding="utf-8")
    assert losscli("doctor", predictions, labels).returncode == 2


def test_arrays_are_examined_and_pickled() -> None:
    random = np.random.default_rng(1)
    label = random.normal(50.0, 10.0, 200)
    found = api.doctor(-label - random.normal(0.0, 1.0, 200), label)
    assert found.findings[0].check == "sign_flipped"
    assert found.findings[0].command is None
    assert pickle.loads(pickle.dumps(found)) == found
    assert "sign_flipped" in repr(found)
    assert found.to_dict()["document"] == "doctor"


def test_formats_show_findings(tmp_path: Path) -> None:
    files = flipped(tmp_path)
    for name in ("table", "csv", "jsonl", "markdown", "html"):
        done = losscli("doctor", *files, *SIGN, "--format", name)
        assert (done.returncode, "sign_flipped" in done.stdout) == (1, True), name
    assert losscli("doctor", *files, *SIGN, "--quiet").stdout.splitlines()[0] == "sign_flipped likely"


def test_hostile_names_are_harmless(tmp_path: Path) -> None:
    flipped(tmp_path)
    odd = tmp_path / "p \x1b[31m&<b>.csv"
    (tmp_path / "p.csv").rename(odd)
    done = losscli("doctor", str(odd), str(tmp_path / "l.csv"), *SIGN)
    assert "\x1b" not in done.stdout


def test_checks_are_found_by_name_and_number() -> None:
    for check in every():
        assert find(check.name) is find(check.code) is check
    with pytest.raises(UsageError):
        find("no_such_check")


def test_list_has_every_check() -> None:
    listed = losscli("doctor", "--list").stdout
    documents: Any = json.loads(losscli("doctor", "--list", "--json").stdout)
    assert [one["check"] for one in documents] == [check.name for check in every()]
    for check in every():
        assert check.name in listed
        assert check.rule in losscli("explain-check", check.name, "--format", "json").stdout
    assert losscli("doctor").returncode == 2
    assert losscli("doctor", "--quiet").returncode == 2


def test_no_rows_are_an_error() -> None:
    with pytest.raises(LosscliError):
        api.doctor(np.zeros(0), np.zeros(0), "mse")


def test_predicted_names_need_no_loss() -> None:
    random = np.random.default_rng(3)
    label = random.choice(["no", "yes", "maybe"], 300)
    told = api.doctor(np.where(random.random(300) < 0.7, label, "no"), label)
    assert told.loss == "zero_one"


def test_command_is_pasted_as_it_is(tmp_path: Path) -> None:
    random = np.random.default_rng(4)
    names = ("it's, a", "b c", "d=1")
    scores = random.normal(0.0, 1.0, (300, 3))
    label = random.integers(0, 3, 300)
    scores[np.arange(300), (label + 1) % 3] += 3.0
    shares = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    rows = ("\t".join(map(repr, map(float, row))) for row in shares)
    (tmp_path / "-p $1.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    (tmp_path / "-l.csv").write_text("".join(f'"{names[one]}"\n' for one in label), encoding="utf-8")
    said = ("--no-header", "--delimiter", "tab", "--classes", '"it\'s, a",b c,d=1')
    done = losscli("doctor", "./-p $1.csv", "./-l.csv", *said, "--json", cwd=tmp_path)
    assert done.returncode == 1, done.stderr
    (one,) = [each for each in json.loads(done.stdout)["findings"] if each["check"] == "classes_permuted"]
    done = losscli("doctor", *said, "--", "-p $1.csv", "-l.csv", cwd=tmp_path)
    (line,) = [each for each in done.stdout.splitlines() if "losscli evaluate" in each]
    words = shlex.split(line)
    assert words[2:4] == ["./-p $1.csv", "./-l.csv"]
    given = losscli(*words[1:], "--json", cwd=tmp_path)
    assert json.loads(given.stdout)["results"][0]["cost"] == one["cost_repaired"]


def test_levels_stand_out_in_markdown(tmp_path: Path) -> None:
    done = losscli("doctor", *flipped(tmp_path), *SIGN, "--format", "markdown")
    assert "**likely, sign_flipped**: " in done.stdout
