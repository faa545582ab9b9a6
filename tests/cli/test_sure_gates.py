"""`--confidence` and what goes with it, from the command line: exit statuses, reports, checks, receipts."""

import json
from xml.etree import ElementTree as ET

import pytest
from helpers.calls import losscli

BOTH = "diabetes_linear.csv", "diabetes_labels.csv"
ASKED = "--loss", "mse", "--confidence", "0.95"


@pytest.mark.parametrize(
    ("gates", "status"),
    [
        (["mse <= 3400"], 0),
        (["mse <= 3400", "mse <= 3300"], 3),
        (["mse <= 2500", "mse <= 3300", "mse <= 3400"], 1),
    ],
)
def test_exit_status_is_of_the_worst_verdict(gates, status):
    options = [word for gate in gates for word in ("--gate", gate)]
    assert losscli("evaluate", *BOTH, *ASKED, *options, "-q").returncode == status
    assert losscli("evaluate", *BOTH, *ASKED, *options, "-q", "--exit-zero").returncode == 0


def test_gates_without_a_confidence_are_as_they_were():
    document = json.loads(losscli("evaluate", *BOTH, "-l", "mse", "-g", "mse <= 3300", "--json").stdout)
    assert [*document["gates"][0]] == ["gate", "value", "threshold", "margin", "verdict"]


def test_document_says_what_decided():
    done = losscli("evaluate", *BOTH, *ASKED, "-g", "mse <= 3300", "--json")
    (gate,) = json.loads(done.stdout)["gates"]
    assert gate["verdict"] == "undecided"
    assert gate["bounds"] == pytest.approx([2671.4944916498557, 3310.364671063373], rel=1e-10)
    assert (gate["confidence"], gate["method"], gate["rows_needed"]) == (0.95, "wide-t", 917)
    assert "--anytime" in gate["reason"]
    assert "gate undecided: mse <= 3300" in done.stderr
    assert "about 917 rows" in done.stderr


def test_bound_that_there_is_not_is_null():
    done = losscli("evaluate", *BOTH, *ASKED[:2], "--confidence", "0.999999", "-g", "mse.p99<=9", "--json")
    (gate,) = json.loads(done.stdout)["gates"]
    assert gate["bounds"][1] is None
    assert gate["bounds"][0] > 9


def test_figures_beside_a_baseline_are_those_of_evaluate_alone(tmp_path):
    options = ("--group", "sex", "--show", "sex", "--level", "0.9", "--cluster", "sex", "--loss", "mae")
    beside = losscli(
        *("evaluate", *BOTH, *ASKED, *options, "--baseline-predictions", "diabetes_forest.csv"),
        *("-g", "mse <= baseline", "--json", "--per-sample", tmp_path / "beside.csv"),
    )
    alone = losscli("evaluate", *BOTH, *ASKED[:2], *options, "--json", "--per-sample", tmp_path / "alone.csv")
    found, expected = json.loads(beside.stdout), json.loads(alone.stdout)
    assert found.pop("gates")[0]["verdict"] == "undecided"
    del found["verdict"]
    assert found == expected
    assert (tmp_path / "beside.csv").read_bytes() == (tmp_path / "alone.csv").read_bytes()


def test_baseline_predictions_serve_plain_gates():
    options = ("--baseline-predictions", "diabetes_forest.csv", "-g", "mse.p95 <= baseline", "--json")
    (gate,) = json.loads(losscli("evaluate", *BOTH, "-l", "mse", *options).stdout)["gates"]
    assert "bounds" not in gate
    forest = losscli("evaluate", "diabetes_forest.csv", BOTH[1], "-l", "mse", "--json")
    assert gate["baseline"] == json.loads(forest.stdout)["results"][0]["quantiles"]["0.95"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--confidence", "0.95"], "--confidence: there is no gate"),
        (["--confidence", "95", "-g", "mse < 1"], "For 95 %: --confidence 0.95"),
        (["--confidence", "0.5", "-g", "mse < 1"], "a number above 0.5"),
        (["--confidence", "nan", "-g", "mse < 1"], "a number above 0.5"),
        (["--confidence", "0.9", "-g", "mse.std < 1"], "nobody knows how sure std is"),
        (["--confidence", "0.9", "-g", "mse.n > 1"], "nobody knows how sure n is"),
        (["--confidence", "0.9", "-g", "mse < 1", "--reduction", "sum"], "the cost is a sum"),
        (["--confidence", "0.9", "-g", "mse < 1", "--anytime"], "Add --planned-rows N"),
        (["--confidence", "0.9", "-g", "mse < 1", "--planned-rows", "9"], "--anytime is not given"),
        (["--confidence", "0.9", "-g", "mse < 1", "--guarantee"], "mse can be any number"),
        (["--anytime", "--planned-rows", "9", "-g", "mse < 1"], "gates have no confidence"),
        (["--guarantee", "-g", "mse < 1"], "gates have no confidence"),
        (["--confidence", "0.9", "-g", "mse < baseline"], "there is no baseline"),
        (
            [
                "--confidence",
                "0.9",
                "-g",
                "mse.p50 < baseline",
                "--baseline-predictions",
                "diabetes_forest.csv",
            ],
            "a percentile beside that of a baseline",
        ),
        (
            ["--baseline-predictions", "diabetes_forest.csv", "-g", "mse < baseline", "--state", "x.state"],
            "--state: --baseline-predictions is there",
        ),
    ],
)
def test_what_does_not_go_together_is_a_mistake_in_the_call(options, said, tmp_path):
    done = losscli("evaluate", *BOTH, "-l", "mse", *options)
    assert done.returncode == 2
    assert said in done.stderr


def test_gate_that_no_rows_can_pass_is_refused_before_the_run():
    done = losscli("evaluate", "no.csv", "no.csv", "-l", "zero_one", "-g", "zero_one <= 0", *ASKED[2:])
    assert done.returncode == 2
    assert "no number of rows shows a share of 0" in done.stderr


def test_junit_and_metrics_have_the_bounds(tmp_path):
    options = ("--report", f"junit={tmp_path}/j.xml", "--report", f"openmetrics={tmp_path}/m.txt")
    losscli("evaluate", *BOTH, *ASKED, "-g", "mse <= 3300", *options)
    (failure,) = ET.parse(tmp_path / "j.xml").iter("failure")
    assert failure.get("type") == "undecided"
    assert "confidence: 0.95 (wide-t)" in failure.text
    assert "rows needed: 917" in failure.text
    metrics = (tmp_path / "m.txt").read_text()
    assert 'losscli_gate_rows_needed{loss="mse",figure="cost",gate="mse <= 3300"} 917' in metrics
    assert "losscli_gate_lower_bound" in metrics


@pytest.mark.parametrize("format_", ["table", "markdown", "html"])
def test_every_page_shows_bounds(format_):
    done = losscli("evaluate", *BOTH, *ASKED, "-g", "mse <= 3300", "--format", format_)
    assert "2671.49" in done.stdout
    assert "917 rows" in done.stdout
    full = losscli("evaluate", *BOTH, *ASKED, "-g", "mse <= 3300", "--full").stdout
    assert "lower bound" in full
    assert "rows needed" in full


def test_checks_of_a_config(tmp_path):
    home = losscli("evaluate", *BOTH, "-l", "mse", "--json", "--top", "0").stdout
    (tmp_path / "main.json").write_text(home)
    here = json.loads(home)["predictions"]["path"]
    assert here == BOTH[0]
    config = """
[[check]]
name = "paired"
predictions = "P"
labels = "L"
loss = "mse"
gate = ["mse <= baseline * 0.8", "mse <= baseline * 0.75"]
confidence = 0.95
baseline-predictions = "F"

[[check]]
name = "alone"
predictions = "P"
labels = "L"
loss = "mse"
gate = "mse <= 3400"
confidence = 0.95
anytime = true
planned-rows = 442
"""
    from helpers.calls import SAMPLES

    for letter, name in (("P", BOTH[0]), ("L", BOTH[1]), ("F", "diabetes_forest.csv")):
        config = config.replace(f'"{letter}"', f'"{SAMPLES / name}"')
    (tmp_path / "losscli.toml").write_text(config)
    done = losscli("check", tmp_path / "losscli.toml", "--format", "json")
    assert done.returncode == 3, done.stderr
    paired, alone = json.loads(done.stdout)["checks"]
    assert [gate["verdict"] for gate in paired["gates"]] == ["pass", "undecided"]
    assert paired["gates"][1]["rows_needed"] == 5772
    assert alone["gates"][0]["planned_rows"] == 442
    assert (
        losscli("check", tmp_path / "losscli.toml", "--format", "json", "--jobs", "2").stdout == done.stdout
    )


def test_environment_sets_the_confidence():
    done = losscli("evaluate", *BOTH, "-l", "mse", "-g", "mse <= 3300", "-q", LOSSCLI_CONFIDENCE="0.95")
    assert done.returncode == 3


def test_receipt_is_replayed(tmp_path):
    gates = ("-g", "mse <= 3300", "-g", "mse.p95 <= 20000")
    losscli("evaluate", *BOTH, *ASKED, *gates, "--receipt", tmp_path / "r.json", "-q")
    assert losscli("replay", tmp_path / "r.json", "--search", ".").returncode == 0
    receipt = json.loads((tmp_path / "r.json").read_text())
    receipt["gates"][0]["bounds"][0] += 1.0
    (tmp_path / "r.json").write_text(json.dumps(receipt))
    refuted = losscli("replay", tmp_path / "r.json", "--search", ".")
    assert refuted.returncode == 1
    assert "lower bound of mse <= 3300" in refuted.stdout


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("bounds", [2.0, 1.0]),
        ("bounds", [1.0]),
        ("bounds", "1"),
        ("bounds", [1, 2]),
        ("confidence", 2.0),
        ("rows_needed", -1),
        ("method", None),
    ],
)
def test_receipt_of_no_such_gate_is_refused(key, value, tmp_path):
    losscli("evaluate", *BOTH, *ASKED, "-g", "mse <= 3300", "--receipt", tmp_path / "r.json", "-q")
    receipt = json.loads((tmp_path / "r.json").read_text())
    receipt["gates"][0][key] = value
    (tmp_path / "r.json").write_text(json.dumps(receipt))
    assert losscli("replay", tmp_path / "r.json", "--search", ".").returncode == 2


def test_engine_gives_the_document_of_one_run():
    local, parts = (
        losscli("evaluate", *BOTH, *ASKED, "-g", "mse <= 3300", "--json", *engine)
        for engine in ((), ("--engine", "processes", "--workers", "2"))
    )
    assert parts.stdout == local.stdout


MODELS = "diabetes_forest.csv", "diabetes_linear.csv", "diabetes_labels.csv"


@pytest.mark.parametrize(
    ("gates", "status"),
    [
        (["mse < baseline"], 0),
        (["diabetes_linear:mse <= baseline * 0.75"], 3),
        (["diabetes_forest:mse <= 3000"], 1),
    ],
)
def test_models_of_a_comparison(gates, status):
    options = [word for gate in gates for word in ("--gate", gate)]
    done = losscli("compare", *MODELS, *ASKED, *options, "--json")
    assert done.returncode == status
    (gate,) = json.loads(done.stdout)["gates"]
    assert gate["gate"].partition(":")[0] in ("diabetes_linear", "diabetes_forest")
    assert gate["confidence"] == 0.95


def test_comparison_judges_as_evaluate_does():
    gate = "mse <= baseline * 0.75"
    compared = losscli("compare", *MODELS, *ASKED, "-g", gate, "--json")
    evaluated = losscli(
        "evaluate", *BOTH, *ASKED, "-g", gate, "--baseline-predictions", "diabetes_forest.csv", "--json"
    )
    (one,), (other,) = (json.loads(done.stdout)["gates"] for done in (compared, evaluated))
    assert one.pop("gate") == f"diabetes_linear:{other.pop('gate')}"
    assert one == other


def test_plain_gates_of_a_comparison():
    done = losscli("compare", *MODELS, "-l", "mse", "-g", "mse < baseline", "-g", "mse.p99 < 17000", "--json")
    assert done.returncode == 1
    assert [gate["verdict"] for gate in json.loads(done.stdout)["gates"]] == ["pass", "fail"]


def test_name_of_a_model_wins_over_that_of_a_loss():
    models = (f"mse={MODELS[0]}", f"huber={MODELS[1]}", MODELS[2])
    done = losscli("compare", *models, "-l", "mse", "-g", "huber:mse < baseline", "--json")
    assert json.loads(done.stdout)["gates"][0]["gate"] == "huber:mse < baseline"
    assert losscli("compare", *models, "-l", "mse", "-g", "mse:mse < baseline").returncode == 2
    itself = losscli("compare", *models, "-l", "mse", "-g", "mse:mse < baseline").stderr
    assert "mse is the baseline itself" in itself
