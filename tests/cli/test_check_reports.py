"""`losscli check --report`, and the keys `report` and `baseline` of a check."""

import json
import shutil

import junitparser
import pytest
from helpers.calls import SAMPLES, losscli

FINE = '[[check]]\nname = "fine"\npredictions = "diabetes.csv"\nloss = "mse"\n'
FAILS = FINE.replace("fine", "fails") + 'gate = ["mse <= 1", "mse <= 9999"]\n'
BAD = FINE.replace("fine", "bad").replace("mse", "bce")


@pytest.fixture
def check(tmp_path):
    shutil.copy(SAMPLES / "diabetes.csv", tmp_path)

    def run(text, *arguments, **environ):
        (tmp_path / "losscli.toml").write_text(text)
        return losscli("check", *arguments, cwd=tmp_path, **environ)

    return run


def test_one_report_is_over_all_checks(check, tmp_path):
    done = check(FINE + FAILS + BAD, "--report", "junit=all.xml", "--report", "json=all.json")
    assert (done.returncode, done.stderr) == (2, "")
    suites = list(junitparser.JUnitXml.fromfile(str(tmp_path / "all.xml")))
    assert [(suite.name, suite.tests, suite.failures, suite.errors) for suite in suites] == [
        ("fine", 1, 0, 0),
        ("fails", 2, 1, 0),
        ("bad", 1, 0, 1),
    ]
    found = json.loads((tmp_path / "all.json").read_text())
    assert [one["verdict"] for one in found["checks"]] == ["pass", "fail", "error"]


def test_variables_ask_for_reports_too(check, tmp_path):
    check(FINE, LOSSCLI_REPORT="json=a.json\ncsv=b.csv")
    assert (tmp_path / "a.json").exists()
    assert (tmp_path / "b.csv").exists()


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_check_has_reports_of_its_own(check, tmp_path, jobs):
    (tmp_path / "bad.xml").write_text("old")
    text = FAILS + 'report = ["junit=fails.xml", "csv=fails.csv"]\n' + BAD + 'report = "junit=bad.xml"\n'
    assert check(text, "--jobs", jobs).returncode == 2
    (suite,) = junitparser.JUnitXml.fromfile(str(tmp_path / "fails.xml"))
    assert (suite.name, suite.failures) == ("fails", 1)
    (suite,) = junitparser.JUnitXml.fromfile(str(tmp_path / "bad.xml"))
    assert (suite.name, suite.errors) == ("bad", 1)


def test_a_report_that_cannot_be_written_is_status_74(check):
    assert check(FINE + 'report = "json=none/a.json"\n').returncode == 74
    assert check(FINE, "--report", "json=none/a.json").returncode == 74


def test_mistakes_leave_a_report_too(check, tmp_path):
    assert check(FINE + "los = 1\n", "--report", "junit=all.xml").returncode == 2
    (suite,) = junitparser.JUnitXml.fromfile(str(tmp_path / "all.xml"))
    assert suite.errors == 1


def test_a_mistake_leaves_no_report_of_an_earlier_run(check, tmp_path):
    for name in ("fine.xml", "bad.xml"):
        (tmp_path / name).write_text("old")
    before = (tmp_path / "diabetes.csv").read_bytes()
    fine = FINE + 'report = ["junit=fine.xml", "csv=diabetes.csv", "github", "none=x"]\n'
    done = check(fine + BAD + 'los = 1\nreport = "junit=bad.xml"\n')
    assert done.returncode == 2
    for name in ("fine", "bad"):
        (suite,) = junitparser.JUnitXml.fromfile(str(tmp_path / f"{name}.xml"))
        assert (suite.name, suite.errors) == (name, 1)
    assert (tmp_path / "diabetes.csv").read_bytes() == before
    assert "::error" not in done.stderr


@pytest.mark.parametrize(
    ("keys", "arguments", "jobs"),
    [
        ("", ["--output", "main.json"], "1"),
        ("", ["--report", "json=main.json"], "1"),
        ("", ["--format", "csv", "--output", "my.py"], "1"),
        ("", ["--report", "json=my.py"], "1"),
        ('output = "main.json"\n', [], "1"),
        ('per-sample = "main.csv"\n', [], "1"),
        ('receipt = "my.py"\n', [], "1"),
        ('report = "json=my.py"\n', [], "1"),
        ('report = "json=my.py"\n', [], "2"),
    ],
)
def test_baselines_and_code_are_written_over_by_nothing(check, tmp_path, keys, arguments, jobs):
    made = check(FINE + 'output = "main.json"\nformat = "json"\n')
    assert made.returncode == 0
    shutil.copy(tmp_path / "main.json", tmp_path / "main.csv")
    (tmp_path / "my.py").write_text("def off(label, prediction):\n    return abs(label - prediction)\n")
    kept = {name: (tmp_path / name).read_bytes() for name in ("main.json", "main.csv", "my.py")}
    read = '[[check]]\npredictions = "diabetes.csv"\n'
    others = "".join(
        f'{read}loss = "mse"\ngate = "mse <= baseline"\nbaseline = "{name}"\n'
        for name in ("main.json", "main.csv")
    )
    others += f'{read}loss = "my.py:off"\n'
    done = check(FINE + keys + others, "losscli.toml", *arguments, "--jobs", jobs)
    assert (done.returncode, done.stdout) == (2, "")
    assert "read" in done.stderr
    assert kept == {name: (tmp_path / name).read_bytes() for name in kept}
    assert check(FINE + others, "losscli.toml", "--jobs", jobs).returncode == 0


@pytest.mark.parametrize(
    ("text", "arguments", "said"),
    [
        (FINE, ("--report", "json=diabetes.csv"), "--report json: "),
        (FINE, ("--report", "json=losscli.toml"), "--report json: "),
        (
            FINE,
            ("--report", "json=a.txt", "--output", "a.txt"),
            "a.txt is also read or written by this command",
        ),
        (FINE + 'report = "json=a.txt"\n', ("--output", "a.txt"), "--output also writes a.txt"),
        (FINE + 'report = "json=diabetes.csv"\n', (), "diabetes.csv is also read or written"),
        (
            FINE + 'report = "jsn=a"\n',
            (),
            "losscli.toml, check 'fine': report: there is no report format 'jsn'",
        ),
        (FINE + 'report = "json=a.txt"\n' + FAILS + 'output = "a.txt"\n', (), "also writes a.txt"),
    ],
)
def test_reports_replace_nothing(check, tmp_path, text, arguments, said):
    done = check(text, *arguments)
    assert done.returncode == 2
    assert said in done.stderr
    assert not (tmp_path / "a.txt").exists()
    assert (tmp_path / "losscli.toml").read_text() == text
    assert (tmp_path / "diabetes.csv").read_bytes() == (SAMPLES / "diabetes.csv").read_bytes()


def test_a_config_that_cannot_be_read_is_left_alone(check, tmp_path):
    assert check("[[check]\n", "--report", "json=losscli.toml", "--report", "json=a").returncode == 2
    assert (tmp_path / "losscli.toml").read_text() == "[[check]\n"
    assert (tmp_path / "a").exists()


UNREAD = [
    (FINE, ("--bogus",), {}),
    (FINE, ("--jobs", "0"), {}),
    (FINE, ("--only",), {}),
    (FINE, ("losscli.toml", "more"), {}),
    (FINE, (), {"LOSSCLI_JOBS": "x"}),
    (FINE, (), {"LOSSCLI_TOP": "x"}),
    (FINE, ("--report", "bogus=x"), {}),
    (FINE + "[[check]\n", (), {}),
    (FINE + "[[check]\n", ("losscli.toml",), {}),
    (FINE + "[other]\n", ("--bogus",), {}),
]


@pytest.mark.parametrize(("text", "arguments", "environ"), UNREAD)
@pytest.mark.parametrize("victim", ["losscli.toml", "diabetes.csv", "sub/../diabetes.csv", "link.csv"])
def test_what_a_config_names_is_left_alone_where_the_call_is_wrong(
    check, tmp_path, text, arguments, environ, victim
):
    (tmp_path / "sub").mkdir()
    (tmp_path / "link.csv").symlink_to("diabetes.csv")
    done = check(text, *arguments, "--report", f"json={victim}", "--report", "json=a", **environ)
    if arguments[-1:] == ("--only",):
        done = check(text, "--report", f"json={victim}", "--report", "json=a", *arguments)
    assert done.returncode == 2
    assert (tmp_path / "losscli.toml").read_text() == text
    assert (tmp_path / "diabetes.csv").read_bytes() == (SAMPLES / "diabetes.csv").read_bytes()
    assert (tmp_path / "link.csv").is_symlink()
    assert json.loads((tmp_path / "a").read_text())["errors"]


def test_what_a_named_config_names_is_left_alone_too(check, tmp_path):
    (tmp_path / "mine.toml").write_text(FINE.replace("fine", "mine").replace("diabetes", "other"))
    (tmp_path / "other.csv").write_text("precious")
    for arguments in (("--bogus",), ("--jobs", "0")):
        done = check(FINE, "mine.toml", "--report", "json=other.csv", *arguments)
        assert done.returncode == 2
        assert (tmp_path / "other.csv").read_text() == "precious"


def test_a_baseline_is_relative_to_the_config_or_the_current_folder(check, tmp_path):
    check(FINE + 'output = "main.json"\nformat = "json"\n')
    gated = FINE + 'gate = "mse <= baseline"\n'
    assert check(gated + 'baseline = "main.json"\n').returncode == 0
    assert check(gated, "--baseline", "main.json").returncode == 0
    assert check(gated).returncode == 2
    done = check(gated.replace("mse", "mae") + 'baseline = "main.json"\n')
    assert done.returncode == 2
    assert "check 'fine': baseline main.json: it has no mae" in done.stderr


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_receipt_of_a_check_proves_its_figures(check, tmp_path, jobs):
    """Also where several checks read one file, of which one wants to know the bytes."""
    text = FINE + 'receipt = "mse.receipt"\n' + FINE.replace("fine", "other").replace("mse", "mae")
    assert check(text, "--jobs", jobs).returncode == 0
    done = losscli("replay", "mse.receipt", cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    recorded = json.loads((tmp_path / "mse.receipt").read_text())["inputs"]["predictions"]
    assert recorded["bytes"] == (tmp_path / "diabetes.csv").stat().st_size
    (tmp_path / "diabetes.csv").write_text("prediction,label\n1,2\n")
    assert losscli("replay", "mse.receipt", cwd=tmp_path).returncode == 1
