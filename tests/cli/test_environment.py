"""Environment variables stand for options, as a user meets them."""

import json

import pytest
from helpers.calls import losscli

CALL = ("evaluate", "diabetes.csv", "--loss", "mse")


def test_a_variable_is_an_option():
    wanted = losscli(*CALL, "--quiet", "--loss", "mae", "--reduction", "sum")
    found = losscli(
        "evaluate",
        "diabetes.csv",
        LOSSCLI_LOSS="mse\nmae\n",
        LOSSCLI_QUIET="true",
        LOSSCLI_REDUCTION="sum",
    )
    assert (found.stdout, found.stderr, found.returncode) == (wanted.stdout, "", 0)


@pytest.mark.parametrize(
    ("arguments", "variable", "value", "status"),
    [
        ((), "LOSSCLI_GATE", "mse <= 1", 1),
        ((), "LOSSCLI_GATE", "mae <= 1\nmse <= 1", 2),
        ((), "LOSSCLI_FAIL_ABOVE", "1", 1),
        (("--gate", "mse <= 1"), "LOSSCLI_EXIT_ZERO", "yes", 0),
        (("--gate", "mse <= 1"), "LOSSCLI_EXIT_ZERO", "no", 1),
        (("--gate", "mse <= 1"), "LOSSCLI_EXIT_ZERO", "", 1),
        ((), "LOSSCLI_DECIMAL", ",", 2),
        ((), "LOSSCLI_HEADER", "false", 2),
        ((), "LOSSCLI_HEADER", "true", 0),
        ((), "LOSSCLI_LABEL", "nobody", 2),
        ((), "LOSSCLI_PREDICTION", "label", 2),
        ((), "LOSSCLI_ID", "nobody", 2),
    ],
)
def test_every_kind_of_option_has_one(arguments, variable, value, status):
    found = losscli(*CALL, "--quiet", *arguments, **{variable: value})
    assert found.returncode == status, found.stderr


def test_an_option_wins_over_its_variable_whole():
    found = losscli(
        *CALL, "--format", "json", LOSSCLI_LOSS="mae\nrmse", LOSSCLI_FORMAT="csv", LOSSCLI_TOP="1"
    )
    (result,) = json.loads(found.stdout)["results"]
    assert (result["loss"], len(result["worst"])) == ("mse", 1)
    found = losscli(*CALL, "--header", "--quiet", LOSSCLI_HEADER="false")
    assert found.returncode == 0


def test_errors_name_the_variable_and_are_told_together():
    found = losscli(
        *CALL[:2],
        "--fail-above",
        "nan",
        LOSSCLI_LOSS="mse\nmea",
        LOSSCLI_TOP="-1",
        LOSSCLI_ALL="perhaps",
        LOSSCLI_BAD_ROWS="dorp",
        LOSSCLI_DELIMITER="ab",
    )
    assert found.returncode == 2
    assert found.stdout == ""
    assert sorted(found.stderr.splitlines()) == sorted(
        [
            "losscli: LOSSCLI_ALL: 'perhaps'; needed: true or false",
            "losscli: LOSSCLI_LOSS: there is no loss 'mea'. Did you mean mse or mae?",
            "losscli: LOSSCLI_TOP: -1; needed: a whole number ≥ 0. The default is --top 10",
            (
                "losscli: LOSSCLI_BAD_ROWS: 'dorp' is not one of its values; needed: one of error, drop. "
                "Did you mean drop?"
            ),
            "losscli: LOSSCLI_DELIMITER: 'ab'; needed: one ASCII character, or tab",
            "losscli: --fail-above: nan is not a limit; it has to be a finite number",
        ]
    )


def test_the_line_that_repeats_a_run_says_what_variables_said():
    found = losscli(
        *("evaluate", "diabetes.csv", "--fail-above", "1", "--quiet"),
        LOSSCLI_LOSS="mse\n",
        LOSSCLI_FAIL_ABOVE="3",
        LOSSCLI_HEADER="yes",
        LOSSCLI_TOP="0",
        LOSSCLI_FORMAT="table",
    )
    assert found.stderr.splitlines()[-1] == (
        "losscli: to repeat it: losscli evaluate --loss=mse --header --top=0 diabetes.csv --fail-above 1"
    )


def test_a_report_that_a_variable_asks_for_is_written_whatever_is_wrong(tmp_path):
    report = tmp_path / "r.json"
    found = losscli("evaluate", "diabetes.csv", "--nonsense", LOSSCLI_REPORT=f"json={report}")
    assert found.returncode == 2
    assert json.loads(report.read_text())["verdict"] == "error"
    # A file that another variable names may be an input.
    report.write_text("kept")
    environ = {"LOSSCLI_REPORT": f"json={report}", "LOSSCLI_BASELINE": str(report)}
    assert losscli("evaluate", "diabetes.csv", "--nonsense", **environ).returncode == 2
    assert report.read_text() == "kept"


def test_where_options_are_described_is_said_once_and_not_of_variables():
    found = losscli("evaluate", "diabetes.csv", "--top", "x", LOSSCLI_FORMAT="jsn")
    assert sorted(found.stderr.splitlines()) == [
        "losscli: --top: 'x'; needed: a whole number ≥ 0. The default is --top 10",
        (
            "losscli: LOSSCLI_FORMAT: 'jsn' is not one of its values; "
            "needed: one of table, json, jsonl, csv, markdown, html, svg, png. Did you mean json?"
        ),
    ]


def test_conflicts_name_the_variable():
    found = losscli(*CALL, "--format", "json", LOSSCLI_QUIET="1")
    assert found.stderr == "losscli: LOSSCLI_QUIET: --format json is given too; needed: one of the two\n"


def test_a_variable_that_is_none_of_ours_is_told():
    found = losscli(*CALL, "--quiet", LOSSCLI_BADROWS="drop", LOSSCLI_JOBS="2", LOSSCLI_TRACEBACK="0")
    assert found.returncode == 0
    assert found.stderr == (
        "losscli: note: LOSSCLI_BADROWS does not set any option. Did you mean LOSSCLI_BAD_ROWS?\n"
    )
    found = losscli(*CALL, "--quiet", **{"LOSSCLI_\x1b[31m::error::": "1"})
    assert found.stderr.startswith("losscli: note: LOSSCLI_\\x1b[31m::error:: does not set any option.")


def test_other_commands_have_none():
    found = losscli("losses", "--format", "table", LOSSCLI_FORMAT="nonsense", LOSSCLI_GATES="x")
    assert (found.returncode, found.stderr) == (0, "")


def test_no_arguments_still_show_the_help():
    found = losscli("evaluate", LOSSCLI_LOSS="mse")
    assert found.returncode == 2
    assert found.stderr.startswith("Usage: losscli evaluate")


def test_a_variable_and_a_config_take_the_names_of_other_libraries(tmp_path):
    done = losscli(
        "evaluate", "diabetes.csv", "--quiet", LOSSCLI_LOSS="torch.nn.MSELoss", LOSSCLI_GATE="MSE<=1"
    )
    assert (done.returncode, done.stdout) == (1, "2978.4128969905414\n")
    (tmp_path / "t.csv").write_text("prediction,label\n1,2\n3,1\n")
    (tmp_path / "losscli.toml").write_text(
        '[[check]]\npredictions = "t.csv"\nloss = ["L1Loss", "reg:squarederror"]\ngate = "mae <= 1.5"\n'
    )
    done = losscli("check", "losscli.toml", "--format", "json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert '"mse"' in done.stdout
    assert "Loss" not in done.stdout
