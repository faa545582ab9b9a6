"""Gates and baselines as a job uses them: exit status, stdout, stderr, and what is opened when."""

import gzip
import json

import numpy as np
import pytest
from helpers.calls import losscli as run
from helpers.calls import shell

PAIR = ("diabetes_linear.csv", "diabetes_labels.csv")
WORSE = ("diabetes_forest.csv", "diabetes_labels.csv")


def losscli(*arguments):
    done = run("evaluate", *arguments)
    return done.returncode, done.stdout, done.stderr


@pytest.fixture(scope="module")
def main(tmp_path_factory):
    path = tmp_path_factory.mktemp("baseline") / "main.json"
    call = (
        "--loss",
        "mse",
        "--loss",
        "huber:delta=2",
        "--group",
        "sex",
        "--format",
        "json",
        "--output",
        path,
    )
    assert losscli(*PAIR, *call) == (0, "", "")
    return path


@pytest.mark.parametrize(
    ("files", "gate", "status"),
    [
        (PAIR, "mse <= baseline", 0),
        (PAIR, "mse < baseline", 1),
        (PAIR, "mse.p95[sex_1] >= baseline * 1", 0),
        (PAIR, "mse.n >= baseline", 0),
        (WORSE, "mse <= baseline + 2%", 1),
        (WORSE, "mse <= baseline + 38%", 1),
        (WORSE, "mse <= baseline + 39%", 0),
        (WORSE, "mse[sex_2] <= baseline * 1.02", 1),
        (WORSE, "mse <= baseline + 1153", 1),
        (WORSE, "mse <= baseline + 1154", 0),
        (WORSE, "mse >= baseline - 0.01", 0),
    ],
)
def test_a_baseline_decides_on_the_exit_status(main, files, gate, status):
    call = (*files, "--loss", "mse", "--group", "sex", "--quiet", "--baseline", main)
    found, _, err = losscli(*call, "--gate", gate)
    assert found == status
    assert (f"gate failed: {gate}: the value is " in err) == (status == 1)
    assert losscli(*call, "--gate", gate, "--exit-zero")[0] == 0


def test_every_gate_is_told_with_value_baseline_threshold_and_margin(main):
    gates = ["mse<=baseline+2%", "mse <= baseline + 2%", "mse <= 9999", "mse.n >= baseline"]
    call = (
        *WORSE,
        "--loss",
        "mse",
        "--baseline",
        main,
        *[part for gate in gates for part in ("--gate", gate)],
    )
    status, out, err = losscli(*call, "--format", "json")
    found = json.loads(out)
    assert status == 1
    assert found["gates"] == [
        {"gate": "mse <= baseline + 2%", "value": 4131.914027149322, "threshold": 3037.981154930352,
         "margin": 3037.981154930352 - 4131.914027149322, "baseline": 2978.4128969905414, "verdict": "fail"},
        {"gate": "mse <= 9999", "value": 4131.914027149322, "threshold": 9999.0,
         "margin": 9999.0 - 4131.914027149322, "verdict": "pass"},
        {"gate": "mse.n >= baseline", "value": 442, "threshold": 442,
         "margin": 0, "baseline": 442, "verdict": "pass"},
    ]  # fmt: skip
    assert err.startswith(
        "losscli: gate failed: mse <= baseline + 2%: the value is 4131.914027149322, "
        "the threshold 3037.981154930352 (baseline 2978.4128969905414), 36 % beyond it\n"
    )
    assert err.count("gate failed") == 1
    status, out, err = losscli(*call, "--top", "0", "--full")
    assert status == 1
    assert err.startswith("losscli: to repeat it: losscli evaluate ")
    assert err.count("\n") == 1
    (head,) = [line.split() for line in out.splitlines() if line.split()[:1] == ["verdict"]]
    assert head == ["verdict", "gate", "value", "baseline", "threshold", "margin"]
    assert out.count("baseline + 2%") == 1
    assert "| verdict | gate | value | baseline |" in losscli(*call, "--format", "markdown")[1]


def test_without_a_baseline_there_is_no_column_for_one():
    assert "baseline" not in losscli(*PAIR, "--loss", "mse", "--gate", "mse <= 1", "--full")[1]


def test_all_that_is_wrong_with_a_call_comes_together_before_a_file_is_opened():
    status, out, err = losscli(
        "nowhere.csv",
        "--loss",
        "mse",
        "--gate",
        "mse <= baseline",
        "--gate",
        "mae < 1",
        "--gate",
        "mse[f] < 1",
    )
    assert (status, out) == (2, "")
    assert err == (
        "losscli: --gate mae < 1: mae is not computed; the losses asked for are mse. "
        "Add --loss mae; or name one of those.\n"
        "losscli: --gate mse[f] < 1: the samples are not grouped; needed: groups. Add --group COLUMN.\n"
        "losscli: --gate mse <= baseline: there is no baseline; needed: an earlier document of evaluate. "
        "Add --baseline FILE.\n"
    )


def test_a_baseline_without_a_gate_stands_beside_the_cost(tmp_path):
    there = str(tmp_path / "main.json")
    assert losscli(*PAIR, "--loss", "mse", "--format", "json", "--output", there)[0] == 0
    forest = (PAIR[0].replace("linear", "forest"), PAIR[1])
    status, page, err = losscli(*forest, "--loss", "mse", "--loss", "mae", "--baseline", there)
    assert (status, err) == (0, "")
    mse, mae = (line for line in page.splitlines() if "  cost  " in line)
    cost = json.loads(losscli(*forest, "--loss", "mse", "--format", "json")[1])["results"][0]["cost"]
    change = 100.0 * (cost / 2978.4128969905414 - 1.0)
    assert mse.endswith(f"baseline 2978.4128969905414, {change:+.3g} %")
    assert "baseline" not in mae
    # Of a gate too, whatever it is about.
    gated = losscli(*forest, "--loss", "mse", "--baseline", there, "--gate", "mse.p50 <= baseline + 90%")[1]
    assert f"baseline 2978.4128969905414, {change:+.3g} %" in gated


def test_a_baseline_of_other_losses_alone_is_an_error(tmp_path):
    there = str(tmp_path / "main.json")
    assert losscli(*PAIR, "--loss", "mse", "--format", "json", "--output", there)[0] == 0
    status, _, err = losscli(*PAIR, "--loss", "mae", "--baseline", there)
    assert status == 2
    assert err == f"losscli: baseline {there}: it has no mae; needed: a loss in both. It has mse.\n"


def test_a_baseline_is_no_standard_input():
    status, _, err = losscli(*PAIR, "--loss", "mse", "--baseline", "-", "--gate", "mse < baseline")
    assert (status, err) == (2, "losscli: --baseline: - is standard input; needed: a file\n")


def test_a_baseline_may_come_through_a_pipe(main):
    call = f"evaluate {' '.join(PAIR)} --loss mse --gate 'mse <= baseline' --quiet"
    done = shell(f"losscli {call} --baseline <(cat {main})")
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "the file is empty"),
        (b"not json", "not valid JSON"),
        (b"{}", "not a document of losscli evaluate"),
        (b'{"schema": 2, "results": []}', "its schema is 2"),
        (b'{"schema": 1, "schema": 1, "results": []}', "'schema' twice"),
        (b'{"schema": NaN}', "NaN"),
        (b"[" * 1_000_000, "nested too deeply"),
        (gzip.compress(b"{}", mtime=0), "not UTF-8"),
        (
            (
                b'{"schema": 1, "losscli": "0", "signature": "mse|n:1|mean|align:id|bad:error|v:0",'
                b'"predictions": {"path": "p", "rows": 1}, "labels": {"path": "l", "rows": 1},'
                b' "alignment": "id",'
                b'"results": [{"loss": "\\u001b[31m::error::##vso[x"}]}'
            ),
            "results[0]",
        ),
    ],
)
def test_what_is_no_baseline_is_bad_input_before_a_prediction_file_is_opened(tmp_path, data, words):
    path = tmp_path / "main.json"
    path.write_bytes(data)
    status, out, err = losscli("nowhere.csv", "--loss", "mse", "--baseline", path, "--gate", "mse < baseline")
    assert (status, out) == (2, "")
    assert words in err
    assert "nowhere.csv" not in err
    assert "Traceback" not in err
    assert "\x1b" not in err
    assert all(line.startswith("losscli: ") for line in err.splitlines())


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--loss", "mae", "--gate", "mae < baseline"], "it has no mae"),
        (["--loss", "huber", "--gate", "huber < baseline"], "delta is 2 there, 1 here"),
        (["--loss", "mse", "--group", "sex", "--gate", "mse[x] < baseline"], "mse has no group x"),
        (["--loss", "mse", "--gate", "mse < baseline", "--reduction", "sum"], "its cost is a mean"),
        (["--loss", "mse", "--gate", "mse < baseline", "--weight", "w"], "it has no weights"),
    ],
)
def test_a_baseline_of_something_else_is_bad_input_before_a_prediction_file_is_opened(main, options, words):
    status, out, err = losscli("nowhere.csv", *options, "--baseline", main)
    assert (status, out) == (2, "")
    assert words in err
    assert "nowhere.csv" not in err


def test_what_differs_without_harm_is_noted(main, tmp_path):
    path = tmp_path / "some.csv"
    path.write_text("prediction,label\n1,1\n2,\n3,3\n")
    call = ("--loss", "mse", "--bad-rows", "drop", "--baseline", main, "--gate", "mse <= baseline", "--quiet")
    status, out, err = losscli(path, *call)
    assert (status, out) == (0, "0.0\n")
    assert err == (
        f"losscli: note: baseline {main}: the pairing of rows is id there, position here; "
        "--bad-rows is error there, drop here\n"
        f"losscli: note: baseline {main}: mse: n is 442 there, 2 here; dropped is 0 there, 1 here\n"
    )


def test_a_baseline_that_is_far_too_long_is_not_read(tmp_path):
    path = tmp_path / "main.json"
    with path.open("wb") as file:
        file.truncate(1 << 33)
    status, _, err = losscli(*PAIR, "--loss", "mse", "--baseline", path, "--gate", "mse <= baseline")
    assert status == 2
    assert "it is longer than 64 MiB" in err
    assert "--top 0" in err


def test_a_sum_over_other_samples_is_bad_data(main, tmp_path):
    path = tmp_path / "some.csv"
    path.write_text("prediction,label\n1,1\n")
    status, out, err = losscli(path, "--loss", "mse", "--baseline", main, "--gate", "mse.sum <= baseline")
    assert (status, out) == (2, "")
    assert "mse.sum is a sum over 442 samples there and 1 here" in err


def test_no_output_takes_the_place_of_the_baseline(main):
    before = main.read_bytes()
    call = (*PAIR, "--loss", "mse", "--baseline", main, "--gate", "mse <= baseline")
    status, _, err = losscli(*call, "--format", "json", "--output", main)
    assert status == 2
    assert err.startswith("losscli: --output: ")
    assert main.read_bytes() == before


def test_the_limit_of_fail_above_and_the_same_gate_are_one():
    _, out, _ = losscli(*PAIR, "--loss", "mse", "--fail-above", "1", "--gate", "mse<=1.0", "--format", "json")
    assert [gate["gate"] for gate in json.loads(out)["gates"]] == ["mse <= 1"]


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """Return a file of a million and one samples, whose percentiles come from a histogram."""
    path = tmp_path_factory.mktemp("large") / "large.csv"
    values = np.random.default_rng(4).exponential(size=1_000_001)
    np.savetxt(path, values, fmt="%.5f,0", header="prediction,label", comments="")
    return path


@pytest.mark.slow
def test_a_percentile_of_more_than_a_million_samples_may_be_too_close_to_tell(large, tmp_path):
    base = tmp_path / "base.json"
    assert losscli(large, "--loss", "mae", "--format", "json", "--top", "0", "--output", base)[0] == 0
    call = (large, "--loss", "mae", "--quiet", "--baseline", base, "--gate", "mae.p95 <= baseline")
    status, out, err = losscli(*call)
    assert status == 3
    assert len(out.splitlines()) == 1
    note, told, *_ = err.splitlines()
    assert note.endswith("mae.p95 comes from a histogram there and is not exact")
    assert told.startswith("losscli: gate undecided: mae.p95 <= baseline: the value is ")
    assert "too close to decide from a histogram: p95 is between " in told
    assert losscli(*call, "--exit-zero")[0] == 0
    assert losscli(*call, "--gate", "mae <= 0")[0] == 1
    gates = ("--gate", "mae <= baseline", "--gate", "mae.p95 <= baseline + 1%", "--gate", "mae.p95 >= 2.9")
    assert losscli(large, "--loss", "mae", "--quiet", "--baseline", base, *gates)[0] == 0
    assert "undecided: the gate could not be decided" in losscli(*call[:3], *call[4:], "--full")[1]
    assert "undecided: mae.p95 <= baseline: the value is" in losscli(*call[:3], *call[4:])[1]


def test_a_gate_takes_the_names_of_other_libraries(main):
    gates = (
        "--gate",
        "MSELoss.p95 <= 1e9",
        "--gate",
        "HuberLoss:delta=2 <= baseline",
        "--gate",
        "MSE[sex_1] > 0",
    )
    call = (
        *PAIR,
        "--loss",
        "mean_squared_error",
        "--loss",
        "HuberLoss:delta=2",
        "--group",
        "sex",
        "--baseline",
        main,
    )
    status, out, err = losscli(*call, *gates, "--format", "json")
    assert (status, err) == (0, "")
    report = json.loads(out)
    assert [one["gate"] for one in report["gates"]] == [
        "mse.p95 <= 1000000000",
        "huber:delta=2 <= baseline",
        "mse[sex_1] > 0",
    ]
    assert [one["loss"] for one in report["results"]] == ["mse", "huber:delta=2"]
    assert "Loss" not in out
    assert "squared" not in out


def test_one_loss_by_two_names_is_computed_once():
    assert losscli(*PAIR, "--loss", "mse", "--loss", "MSELoss", "--quiet")[1].count("\n") == 1


@pytest.mark.parametrize(
    ("figure", "meant"),
    [("median", "p50"), ("Mean", "mean"), ("average", "mean"), ("P95", "p95"), ("p96", "p9")],
)
def test_a_figure_by_another_name_is_told_ours(figure, meant):
    status, _, err = losscli(*PAIR, "--loss", "mse", "--gate", f"mse.{figure} <= 3")
    assert status == 2
    assert f"there is no figure {figure}" in err
    assert f"Did you mean {meant}" in err


@pytest.mark.parametrize(
    ("typed", "what", "gate"),
    [
        ("mse.p95", "a figure for a gate", "mse.p95 <= NUMBER"),
        ("MSELoss.p95<=20000", "a gate", "mse.p95 <= 20000"),
        ("mse[sex_1]", "a figure for a gate", "mse[sex_1] <= NUMBER"),
        ("huber:delta=2.std", "a figure for a gate", "huber:delta=2.std <= NUMBER"),
    ],
)
def test_a_gate_where_a_loss_is_asked_for_is_told_so_and_can_be_pasted(typed, what, gate):
    status, _, said = losscli(*PAIR, "--loss", typed)
    loss = gate.partition(".std")[0] if ":" in gate else "mse"
    assert (status, said) == (
        2,
        f"losscli: --loss: '{typed}' is {what}, not a loss. Gate it: --loss {loss} --gate '{gate}'\n",
    )
    pasted = ("--loss", loss, "--gate", gate.replace("NUMBER", "1e9"), "--group", "sex")
    assert losscli(*PAIR, *pasted)[0] == 0


def test_a_command_without_gates_says_where_they_are():
    said = run("gradient", *PAIR, "--loss", "mse.p95").stderr
    assert said.endswith("not a loss. Gates are options of `losscli evaluate`; here it is --loss mse\n")
    assert "there is no loss 'mse.p59'" in run("evaluate", *PAIR, "--loss", "mse.p59").stderr


def test_no_code_of_a_user_runs_to_find_a_gate(tmp_path):
    (tmp_path / "mine.py").write_text("open('ran', 'w').close()\ndef f(label, prediction): return label\n")
    done = run("evaluate", "p.csv", "--loss", "./mine.py:f.p95", cwd=tmp_path)
    assert (done.returncode, "is a figure for a gate" in done.stderr) == (2, False)
