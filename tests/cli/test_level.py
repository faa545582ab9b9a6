"""`--level`, `--cluster` and `--weights-are` on the command line, in a config, and in every report."""

import json
import re
from pathlib import Path

import pytest
from helpers.calls import SAMPLES

import losscli
from losscli.cli.main import main
from losscli.common.errors import LosscliError

DIABETES = [str(SAMPLES / "diabetes_linear.csv"), str(SAMPLES / "diabetes_labels.csv")]
TABLE = "prediction,label,user,w\n" + "".join(
    f"{number},0,{user},{1 + place % 3}\n"
    for place, (number, user) in enumerate(zip([1, 2, 3, 10, 11, 12, 4, 5], "aaabbbcc", strict=True))
)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("t.csv").write_text(TABLE)
    return tmp_path


def call(capsys, *arguments):
    status = main([*arguments])
    return status, *capsys.readouterr()


def document(capsys, *arguments):
    status, out, err = call(capsys, "evaluate", *arguments, "--json")
    assert (status, err) == (0, "")
    return json.loads(out)


def test_the_figures_of_field(capsys):
    found = document(capsys, *DIABETES, "--loss", "mse", "--level", "0.9")
    (result,) = found["results"]
    assert found["level"] == 0.9
    assert [*found].index("level") < [*found].index("results")
    assert result["ci"] == pytest.approx([2671.4944916498557, 3310.364671063373], rel=1e-14)
    assert result["skewness"] == pytest.approx(2.3502867511669367, rel=1e-14)
    keys = [*result]
    assert keys[keys.index("standard_error") + 1 :][:2] == ["ci", "skewness"]
    assert found["signature"] == "mse|n:442|mean|align:id|bad:error|ci:wide-t|level:0.9|v:0.1.0"


def test_clusters_of_field(folder, capsys):
    found = document(capsys, "t.csv", "--loss", "mae", "--level", "0.95", "--cluster", "USER")
    (result,) = found["results"]
    assert (result["standard_error"], result["clusters"]) == (2.9764702249476644, 3)
    assert found["columns"]["cluster"] == "user"
    assert "|cluster:USER|ci:wide-t|level:0.95|" in found["signature"]


def test_counts_without_a_level_change_the_standard_error_alone(folder, capsys):
    counted = document(capsys, "t.csv", "--loss", "mae", "--weight", "w", "--weights-are", "counts")
    plain = document(capsys, "t.csv", "--loss", "mae", "--weight", "w")
    same = document(capsys, "t.csv", "--loss", "mae", "--weight", "w", "--weights-are", "importance")
    assert plain == same
    assert "|weight:w|weights:counts|v:" in counted["signature"]
    (one,), (other,) = counted["results"], plain["results"]
    differing = {key for key in one if one[key] != other[key]}
    assert differing == {"standard_error", "signature"}
    assert one.keys() == other.keys()


WRONG = [
    ("--level 95", "--level: 95; needed: a number between 0 and 1, such as 0.95. For 95 %: --level 0.95"),
    ("--level 0", "--level: 0; needed: a number between 0 and 1, such as 0.95"),
    ("--level 1", "--level: 1; needed: a number between 0 and 1, such as 0.95"),
    ("--level nan", "--level: nan; needed: a number between 0 and 1, such as 0.95"),
    ("--level 1e-20", "--level: 1e-20; needed: a number between 0 and 1, such as 0.95"),
    ("--cluster user", "--cluster: no interval is asked for; needed: a level too. Add --level 0.95"),
    (
        "--weights-are counts",
        "--weights-are: there are no weights; needed: a column of them. Add --weight COLUMN",
    ),
    (
        "--weights-are importance",
        "--weights-are: there are no weights; needed: a column of them. Add --weight COLUMN",
    ),
    (
        "--level 0.95 --reduction sum",
        "--level: the cost is a sum; needed: a cost that is a mean. Leave out one of them.",
    ),
]


@pytest.mark.parametrize(("options", "said"), WRONG)
def test_what_has_no_use_is_a_usage_error(folder, capsys, options, said):
    found = call(capsys, "evaluate", "t.csv", "--loss", "mae", *options.split())
    assert found == (2, "", f"losscli: {said}\n")


def test_all_that_is_wrong_is_told_together(folder, capsys):
    options = ["--level", "2", "--weights-are", "counts", "--reduction", "sum"]
    status, _, err = call(capsys, "evaluate", "t.csv", "--loss", "mae", *options)
    assert status == 2
    assert err.count("losscli: --") == 3


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"level": 95}, "level: 95; needed: a number between 0 and 1, such as 0.95. For 95 %: level=0.95"),
        ({"level": "x"}, "level: a str; needed: a number"),
        ({"cluster": "user"}, "cluster: no interval is asked for; needed: a level too. Add level=0.95"),
        (
            {"weights_are": "counts"},
            'weights_are: there are no weights; needed: a column of them. Add weight="…"',
        ),
        ({"weights_are": "many", "weight": "w"}, "weights_are: 'many'; needed: one of importance, counts"),
    ],
)
def test_python_says_the_same_of_its_arguments(folder, arguments, said):
    with pytest.raises(LosscliError) as raised:
        losscli.evaluate("t.csv", loss="mae", **arguments)
    assert str(raised.value) == said


def test_the_environment_and_a_config_say_it_too(folder, capsys, monkeypatch):
    wanted = document(capsys, "t.csv", "--loss", "mae", "--level", "0.9", "--cluster", "user")
    monkeypatch.setenv("LOSSCLI_LEVEL", "0.9")
    monkeypatch.setenv("LOSSCLI_CLUSTER", "user")
    assert document(capsys, "t.csv", "--loss", "mae") == wanted
    monkeypatch.delenv("LOSSCLI_LEVEL")
    monkeypatch.delenv("LOSSCLI_CLUSTER")
    Path("losscli.toml").write_text(
        '[[check]]\nname = "one"\npredictions = "t.csv"\nloss = "mae"\nlevel = 0.9\ncluster = "user"\n'
        '[[check]]\nname = "two"\npredictions = "t.csv"\nloss = "mae"\nweight = "w"\nweights-are = "counts"\n'
        '[[check]]\nname = "three"\npredictions = "t.csv"\nloss = "mae"\n'
    )
    status, out, _ = call(capsys, "check", "--json")
    assert status == 0
    one, two, three = json.loads(out)["checks"]
    assert one["results"] == wanted["results"]
    assert one["level"] == 0.9
    assert "weights:counts" in two["signature"]
    assert "level" not in two
    assert "ci" not in three["results"][0]
    status, out, _ = call(capsys, "check", "--format", "csv")
    head, *rows = out.splitlines()
    assert head.endswith("level,ci_low,ci_high,skewness,clusters,n_effective")
    assert all(row.count(",") == head.count(",") for row in rows)


def test_a_config_with_an_impossible_level_is_told_where(folder, capsys):
    Path("losscli.toml").write_text('[[check]]\nname = "a"\npredictions = "t.csv"\nloss = "mae"\nlevel = 5\n')
    status, _, err = call(capsys, "check")
    assert status == 2
    assert "losscli.toml" in err
    assert "a number between 0 and 1, such as 0.95" in err


def test_a_receipt_with_an_interval_is_proved(folder, capsys):
    options = ["--loss", "mae", "--level", "0.9", "--cluster", "user", "--weight", "w"]
    assert main(["evaluate", "t.csv", *options, "--quiet", "--receipt", "r.json"]) == 0
    assert main(["replay", "r.json", "--quiet"]) == 0
    receipt = json.loads(Path("r.json").read_text())
    assert receipt["call"]["level"] == 0.9
    low, high = receipt["results"][0]["ci"]
    receipt["results"][0]["ci"] = [low, high + 1.0]
    Path("r.json").write_text(json.dumps(receipt))
    assert main(["replay", "r.json", "--quiet"]) == 1


def test_a_state_of_another_level_is_not_merged(folder, capsys):
    Path("u.csv").write_text(TABLE.replace("1,0,a", "9,0,a"))
    assert main(["evaluate", "t.csv", "--loss", "mae", "-q", "--level", "0.9", "--state", "t.state"]) == 0
    assert main(["evaluate", "u.csv", "--loss", "mae", "-q", "--level", "0.95", "--state", "u.state"]) == 0
    status, _, err = call(capsys, "merge", "t.state", "u.state")
    assert status == 2
    assert "level is 0.95, and 0.9 in state t.state" in err


def test_every_page_shows_the_interval_where_it_is_asked_for(folder, capsys):
    asked = ["evaluate", *DIABETES, "--loss", "mse", "--group", "sex", "--level", "0.9"]
    shown = {
        format_: call(capsys, *asked, "--format", format_, "--top", "1")[1]
        for format_ in ("table", "markdown", "html", "csv", "jsonl")
    }
    assert "± 186  90 %: 2671 to 3310  n 442" in shown["table"]
    assert re.search(r"sex_1 .* ± 286 +2741 to 3741", shown["table"])
    assert "| 90 % interval |" in shown["markdown"]
    assert "90 % interval" in shown["html"]
    assert shown["csv"].splitlines()[1].split(",")[-6:-2][:2] == ["0.9", "2671.4944916498553"]
    assert all('"level": 0.9' in line for line in shown["jsonl"].splitlines())
    full = call(capsys, *asked, "--full")[1]
    assert re.search(r"skewness +2.35029", full)
    assert "skewness" not in call(capsys, *asked[:-2], "--full")[1]
    assert "90 % interval" in full
    assert re.search(r"group +n +cost +interval", full)
    reports = ["--report", "junit=j.xml", "--report", "openmetrics=m.txt", "--quiet"]
    assert main([*asked, *reports]) == 0
    assert '<property name="90 % interval of the cost of mse" value="2671.' in Path("j.xml").read_text()
    assert 'losscli_cost_ci_low{loss="mse",level="0.9"} 2671.' in Path("m.txt").read_text()
    assert 'losscli_cost_ci_high{loss="mse",group="sex_1",level="0.9"} 3741.' in Path("m.txt").read_text()
    for path in (Path("j.xml"), Path("m.txt")):
        path.unlink()
    assert main([*asked[:-2], *reports]) == 0
    assert "interval" not in Path("j.xml").read_text()
    assert "_ci_" not in Path("m.txt").read_text()


def test_a_baseline_with_other_clusters_or_counts_is_told(folder, capsys):
    options = ["evaluate", "t.csv", "--loss", "mae", "--weight", "w"]
    assert main([*options, "--top", "0", "--json", "--output", "base.json"]) == 0
    gate = ["--gate", "mae <= baseline", "--baseline", "base.json", "--quiet"]
    other = ["--level", "0.9", "--cluster", "user", "--weights-are", "counts"]
    status, _, err = call(capsys, *options, *other, *gate)
    assert status == 0
    assert "--weights-are is importance there, counts here; --cluster is nothing there, user here" in err
    assert call(capsys, *options, "--level", "0.9", *gate)[::2] == (0, "")
