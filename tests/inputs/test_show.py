"""Columns that are carried along to the worst samples and the file of all: `--show`."""

import csv
import json

import numpy as np
import pandas as pd
import pytest
from helpers.calls import losscli

import losscli as package
from losscli.common.errors import LosscliError

PREDICTIONS = 'id,prediction,note,size\nb,3,  two words ,010\na,1,"x, y",1e3\nc,2,,\n'
LABELS = "id,label,note,site\na,1,first,N\nb,1,second,S\nc,2,third,N\n"


@pytest.fixture
def files(tmp_path):
    (tmp_path / "p.csv").write_text(PREDICTIONS)
    (tmp_path / "l.csv").write_text(LABELS)
    return tmp_path


def run(folder, *arguments, **more):
    return losscli("evaluate", "p.csv", "l.csv", "--loss", "mse", *arguments, cwd=folder, **more)


def shown(*columns):
    return [word for column in columns for word in ("--show", column)]


def test_cells_are_text_as_it_stands_of_the_row_they_belong_to(files):
    done = run(files, *shown("site", "size"), "--format", "json")
    worst = json.loads(done.stdout)["results"][0]["worst"]
    assert [(one["id"], one["show"]) for one in worst] == [
        ("b", {"site": "S", "size": "010"}),
        ("a", {"site": "N", "size": "1e3"}),
        ("c", {"site": "N", "size": ""}),
    ]
    page = run(files, *shown("site")).stdout.splitlines()
    (head,) = (place for place, line in enumerate(page) if "row (line)" in line)
    assert page[head].split()[-1] == "site"
    assert page[head + 2].split()[-1] == "S"


def test_a_column_of_both_is_shown_of_both(files):
    worst = json.loads(run(files, *shown("note"), "--format", "json").stdout)["results"][0]["worst"]
    assert worst[0]["show"] == {"note": "two words", "note (labels)": "second"}
    assert worst[1]["show"] == {"note": "x, y", "note (labels)": "first"}


def test_columns_with_a_role_can_be_shown_and_asked_for_twice(files):
    columns = shown("id", "label", "LABEL", "prediction")
    worst = json.loads(run(files, *columns, "--format", "json").stdout)["results"][0]["worst"]
    assert worst[0]["show"] == {
        "id (predictions)": "b", "id (labels)": "b", "label (labels)": "1", "prediction (predictions)": "3",
    }  # fmt: skip


@pytest.mark.parametrize("suffix", ["csv", "jsonl"])
def test_the_file_of_samples_has_them(files, suffix):
    path = files / f"s.{suffix}"
    assert not run(files, *shown("note", "label"), "--per-sample", path).returncode
    if suffix == "csv":
        rows = [*csv.DictReader(path.read_text().splitlines())]
    else:
        rows = [json.loads(line) for line in path.read_text().splitlines()]
    own = ["row", "id", "label", "prediction", "error", "loss"]
    assert [*rows[0]] == [*own, "note", "note (labels)", "label (labels)"]
    assert [row["note"] for row in rows] == ["two words", "x, y", ""]
    assert [row["note (labels)"] for row in rows] == ["second", "first", "third"]


def test_it_changes_no_figure_and_no_signature(files):
    plain, carried = (
        json.loads(run(files, *more, "--format", "json").stdout) for more in ([], shown("site", "note"))
    )
    for one in carried["results"][0]["worst"]:
        del one["show"]
    assert carried == plain


@pytest.mark.parametrize("rows", [1, 2, 1000])
def test_blocks_change_nothing(files, rows):
    whole = run(files, *shown("note"), "--format", "json").stdout
    assert run(files, *shown("note"), "--format", "json", "--block-rows", rows).stdout == whole


def test_it_leaves_the_search_for_columns_alone(tmp_path):
    # Of two columns one is the only one left beside the id, whichever is shown.
    (tmp_path / "p.csv").write_text("id,forest\na,1\n")
    (tmp_path / "l.csv").write_text("id,age\na,2\n")
    worst = json.loads(run(tmp_path, *shown("age", "forest"), "--format", "json").stdout)["results"][0][
        "worst"
    ]
    assert worst[0]["show"] == {"age": "2", "forest": "1"}


def test_keys_that_both_have_are_compared_all_the_same(tmp_path):
    (tmp_path / "p.csv").write_text("key,pred\na,1\nb,1\n")
    (tmp_path / "l.csv").write_text("key,label\nb,1\na,1\n")
    for more in ([], shown("key")):
        assert "key differs in row 1" in run(tmp_path, *more).stderr


def test_an_unknown_column_is_told_the_nearest(files):
    done = run(files, *shown("sit"))
    assert done.returncode == 2
    assert (
        "p.csv and l.csv: there is no column 'sit' (--show); needed: one of the columns found" in done.stderr
    )
    assert "Did you mean site?" in done.stderr


def test_a_column_that_is_there_twice_is_refused(tmp_path):
    (tmp_path / "p.csv").write_text("prediction,label,a,a\n1,1,2,3\n")
    done = losscli("evaluate", "p.csv", "--loss", "mse", "--show", "a", cwd=tmp_path)
    assert "2 columns are called 'a'" in done.stderr


def test_a_single_file_and_one_without_a_header(tmp_path):
    (tmp_path / "p.csv").write_text("prediction,label,a\n1,1,x\n")
    (tmp_path / "q.csv").write_text("1,1,5\n")
    one = losscli("evaluate", "p.csv", "--loss", "mse", "--show", "A", "--format", "json", cwd=tmp_path)
    assert json.loads(one.stdout)["results"][0]["worst"][0]["show"] == {"a": "x"}
    columns = ("--prediction", "0", "--label", "1", "--show", "2")
    other = losscli("evaluate", "q.csv", "--loss", "mse", *columns, "--format", "json", cwd=tmp_path)
    assert json.loads(other.stdout)["results"][0]["worst"][0]["show"] == {"2": "5"}


def test_a_text_that_is_too_long_is_refused_with_its_option(tmp_path):
    (tmp_path / "p.csv").write_text(f"prediction,label,a\n1,1,{'x' * 5000}\n")
    done = losscli("evaluate", "p.csv", "--loss", "mse", "--show", "a", cwd=tmp_path)
    assert "row 1 (line 2): the show is 5000 bytes long" in done.stderr
    assert "--show" in done.stderr


def test_hostile_cells_are_harmless(tmp_path):
    (tmp_path / "p.csv").write_text("prediction,label,a\n1,1,\x1b[31m::error::=1+1\n")
    page = losscli("evaluate", "p.csv", "--loss", "mse", "--show", "a", cwd=tmp_path).stdout
    assert "\x1b" not in page
    assert "\\x1b[31m" in page


def test_groups_and_other_losses_have_them_too(files):
    call = (*shown("site"), "--loss", "mae", "--group", "site", "--format", "json")
    mse, mae = json.loads(run(files, *call).stdout)["results"]
    for result in (mse, mae):
        assert {one["show"]["site"] for group in result["groups"] for one in group["worst"]} == {"N", "S"}


def test_python_config_and_environment_know_it(files):
    report = package.evaluate(files / "p.csv", files / "l.csv", loss="mse", show=["site", "note"])
    assert report.results[0].worst[0].show == {"site": "S", "note": "two words", "note (labels)": "second"}
    assert package.evaluate(files / "p.csv", files / "l.csv", loss="mse").results[0].worst[0].show == {}
    with pytest.raises(LosscliError, match=r"'sit' \(show\).*Did you mean site"):
        package.evaluate(files / "p.csv", files / "l.csv", loss="mse", show="sit")
    with pytest.raises(LosscliError, match="show: "):
        package.evaluate(files / "p.csv", files / "l.csv", loss="mse", show=3)
    (files / "losscli.toml").write_text(
        '[[check]]\nname = "a"\npredictions = "p.csv"\nlabels = "l.csv"\nloss = "mse"\nshow = ["site"]\n'
        'format = "json"\noutput = "o.json"\n'
    )
    assert not losscli("check", files / "losscli.toml").returncode
    written = json.loads((files / "o.json").read_text())
    assert written["results"][0]["worst"][0]["show"] == {"site": "S"}
    done = run(files, "--format", "json", LOSSCLI_SHOW="site")
    assert json.loads(done.stdout)["results"][0]["worst"][0]["show"] == {"site": "S"}


def test_frames_show_what_they_hold():
    table = pd.DataFrame({"prediction": [1.0, 4.0], "label": [1.0, 1.0], "a": ["x", None], "b": [0.5, 2.0]})
    worst = package.evaluate(table, loss="mse", show=("a", "b")).results[0].worst
    assert [one.show for one in worst] == [{"a": "", "b": "2"}, {"a": "x", "b": "0.5"}]
    assert np.isfinite(worst[0].loss)


@pytest.mark.parametrize("of", ["loss", "cost"])
def test_the_largest_gradients_have_them_too(files, of):
    call = ("gradient", "p.csv", "l.csv", "--loss", "mse", "--of", of, *shown("note", "site"))
    done = losscli(*call, "--json", "--per-sample", "s.csv", cwd=files)
    worst = json.loads(done.stdout)["results"][0]["worst"]
    assert [(one["id"], one["show"]) for one in worst] == [
        ("b", {"note": "two words", "note (labels)": "second", "site": "S"}),
        ("a", {"note": "x, y", "note (labels)": "first", "site": "N"}),
        ("c", {"note": "", "note (labels)": "third", "site": "N"}),
    ]
    rows = [*csv.DictReader((files / "s.csv").read_text().splitlines())]
    own = ["row", "id", "label", "prediction", "loss", "gradient"]
    assert [*rows[0]] == [*own, "note", "note (labels)", "site"]
    assert [row["site"] for row in rows] == ["S", "N", "N"]
    page = losscli(*call, cwd=files).stdout.splitlines()
    (head,) = (place for place, line in enumerate(page) if "row (line)" in line)
    assert page[head].split()[-1] == "site"
    assert page[head + 2].split()[-1] == "S"
    plain = losscli(*call[: -len(shown("note", "site"))], "--json", cwd=files).stdout
    assert '"show"' not in plain


def test_a_column_called_gradient_is_told_from_the_gradient(tmp_path):
    (tmp_path / "p.csv").write_text("prediction,label,gradient\n1,0,steep\n")
    call = ("gradient", "p.csv", "--loss", "mse", "--show", "gradient", "--per-sample", "s.csv", "--json")
    worst = json.loads(losscli(*call, cwd=tmp_path).stdout)["results"][0]["worst"]
    assert worst[0]["gradient"] == 2.0
    assert worst[0]["show"] == {"gradient (predictions)": "steep"}
    (row,) = csv.DictReader((tmp_path / "s.csv").read_text().splitlines())
    assert (row["gradient"], row["gradient (predictions)"]) == ("2.0", "steep")


def test_gradients_in_python_know_it(files):
    report = package.gradient(files / "p.csv", files / "l.csv", "mse", show="site", top=1)
    assert report.results[0].worst[0].show == {"site": "S"}
    assert report.worst_frame()["site"].tolist() == ["S"]
    with pytest.raises(LosscliError, match="show: "):
        package.gradient(files / "p.csv", files / "l.csv", "mse", show=3)
