"""A gate on a group that does not occur is a mistake, and says nothing about a model."""

import csv

import pytest
from helpers.calls import losscli

import losscli as ours
from losscli.common.errors import UsageError

DATA = "prediction,label,sex\n1,1,f\n2,2,m\n3,4,men\n"


@pytest.fixture
def file(tmp_path):
    (tmp_path / "p.csv").write_text(DATA)
    return tmp_path / "p.csv"


@pytest.mark.parametrize("gate", ["mse[x] <= 9", "mse[F] <= 9", "mse.n[mem] >= 0", "mse[] > 0"])
@pytest.mark.parametrize("more", [[], ["--exit-zero"], ["--gate", "mse <= 0.1"]])
def test_it_ends_with_2_and_lists_the_groups(file, gate, more):
    done = losscli("evaluate", file, "--loss", "mse", "--group", "sex", "--gate", gate, *more)
    assert done.returncode == 2
    assert done.stdout == ""
    if gate != "mse[] > 0":
        assert "there is no such group; the groups are f, m, men" in done.stderr


def test_the_name_that_is_near_is_named(file):
    done = losscli("evaluate", file, "--loss", "mse", "--group", "sex", "--gate", "mse[mem] <= 9")
    assert "Did you mean men?" in done.stderr


def test_python_raises(file):
    with pytest.raises(UsageError, match="there is no such group"):
        ours.evaluate(str(file), loss="mse", group="sex", gate="mse[x] <= 9")


def test_check_ends_with_2(file):
    config = file.parent / "losscli.toml"
    config.write_text(
        '[[check]]\nname = "a"\npredictions = "p.csv"\nloss = "mse"\ngroup = "sex"\ngate = "mse[x] <= 9"\n'
    )
    done = losscli("check", config)
    assert done.returncode == 2
    assert "the groups are f, m, men" in done.stdout + done.stderr


def test_groups_that_occur_are_judged(file):
    done = losscli("evaluate", file, "--loss", "mse", "--group", "sex", "--gate", "mse[men] <= 0.5")
    assert done.returncode == 1


@pytest.mark.parametrize("names", [("a]b", 'q"t'), ("a[b", "c\\d"), ("a,b", " c"), ("", "=")])
@pytest.mark.parametrize("columns", [["g"], ["g", "h"]])
def test_groups_are_listed_as_a_gate_takes_them(tmp_path, names, columns):
    rows = [{"prediction": 1, "label": 1, "g": name, "h": "y"} for name in names]
    with (tmp_path / "p.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    options = [part for column in columns for part in ("--group", column)]
    call = ("evaluate", tmp_path / "p.csv", "--loss", "mse", *options, "--quiet", "--gate")
    said = losscli(*call, "mse[nobody] <= 9").stderr.partition("the groups are ")[2].partition("; needed")[0]
    shown = said.removeprefix("[").removesuffix("]").split("], [")
    assert len(shown) == 2
    for name in shown:
        assert losscli(*call, f"mse[{name}] <= 9").returncode == 0, name
