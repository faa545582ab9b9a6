"""`losscli check` as a user runs it: real files, exit status, stdout and stderr."""

import json
import shlex
import shutil

import pytest
from helpers.calls import ROOT, SAMPLES, losscli, process

SCHEMA = ROOT / "losscli/cli/commands/check/config.schema.json"
FINE = '[[check]]\nname = "fine"\npredictions = "diabetes.csv"\nloss = "mse"\n'
FAILS = FINE.replace("fine", "fails") + 'gate = ["mse <= 1", "mse <= 9999"]\n'
BAD = (
    '[[check]]\nname = "bad"\npredictions = "cancer_logits.csv"\nlabels = "cancer_labels.csv"\nloss = "bce"\n'
)
CUSTOM = '[[check]]\nname = "mine"\npredictions = "diabetes.csv"\nloss = "custom/asymmetric.py:asymmetric"\n'


@pytest.fixture
def folder(tmp_path):
    for name in ("diabetes.csv", "cancer_logits.csv", "cancer_labels.csv", "diabetes_linear.csv"):
        shutil.copy(SAMPLES / name, tmp_path)
    shutil.copy(SAMPLES / "diabetes_labels.csv", tmp_path)
    (tmp_path / "custom").mkdir()
    shutil.copy(SAMPLES / "custom" / "asymmetric.py", tmp_path / "custom")
    return tmp_path


@pytest.fixture
def check(folder):
    def run(text, *arguments, config="losscli.toml", cwd=None, **environ):
        if text is not None:
            (folder / config).write_text(text, encoding="utf-8")
        return losscli("check", *arguments, cwd=cwd or folder, **environ)

    return run


def document(done):
    return json.loads(done.stdout)


def test_the_checks_of_the_sample_data_pass():
    done = process("check")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-1].strip() == "pass: all 3 checks passed"


@pytest.mark.parametrize(
    ("text", "arguments", "status", "words"),
    [
        (FINE, (), 0, "pass: the check passed"),
        (FAILS, (), 1, "fail: the check failed"),
        (FINE + FAILS, (), 1, "fail: 1 of 2 checks failed"),
        (FAILS + BAD + FINE, (), 2, "error: 1 of 3 checks failed, 1 could not be completed"),
        (FAILS, ("--exit-zero",), 0, "fail: the check failed"),
        (FAILS + "exit-zero = true\n", (), 0, "fail: the check failed"),
        (FAILS + "exit-zero = true\n" + FAILS.replace("fails", "b"), (), 1, "fail: 2 of 2 checks failed"),
        (BAD, ("--exit-zero",), 2, "error: the check could not be completed"),
        (
            FAILS + FINE.replace("fine", "out") + 'output = "none/x.txt"\n',
            (),
            74,
            "1 of 2 checks failed, 1 could not be",
        ),
        (FAILS + FINE, ("--only", "fine"), 0, "pass: the check passed"),
        (FAILS + BAD + FINE, ("--only", "fine", "--only", "fails"), 1, "fail: 1 of 2 checks failed"),
    ],
)
def test_the_worst_check_decides(check, text, arguments, status, words):
    done = check(text, *arguments)
    assert done.returncode == status, done.stderr
    assert words in done.stdout.splitlines()[-1]
    assert done.stderr == ""


def test_the_log_says_which_gate_by_how_much_which_samples_and_how_to_repeat_it(check, folder):
    done = check(FINE + FAILS + "group = 'sex'\n")
    assert len(done.stdout.splitlines()) <= 30
    lines = [line.split() for line in done.stdout.splitlines()]
    assert ["fails", "fail", "mse", "<=", "1", "2978.41", "1", "-2977.41"] in lines
    assert ["The", "3", "worst", "samples:", "fails:", "mse"] in lines
    assert ["57", "(58)", "57", "52", "214.74", "162.74", "26484.1"] in lines
    command = done.stdout.split("To repeat them\n")[1].splitlines()[0]
    program, *words = shlex.split(command)
    assert program == "losscli"
    again = losscli(*words, cwd=folder)
    assert again.returncode == 1
    assert "fail: 1 of 2 gates failed" in again.stdout


def test_every_check_runs_and_its_error_has_four_parts(check):
    done = check(BAD + FINE)
    assert "2978.4128969905414" in done.stdout
    assert (
        "  bad: cancer_logits.csv row 1 (line 2): prediction is -18.339816188648776; binary_cross_entropy "
        "needs a probability in [0, 1]. If these are logits: --loss binary_cross_entropy:from_logits=true\n"
    ) in done.stdout


def test_the_document_has_what_the_documents_of_lone_calls_have(check, folder):
    done = check(FINE + FAILS + BAD, "--format", "json")
    assert done.returncode == 2
    found = document(done)
    assert list(found) == ["schema", "losscli", "checks", "verdict"]
    assert found["verdict"] == "error"
    fine, fails, bad = found["checks"]
    lone = json.loads(
        losscli("evaluate", "diabetes.csv", "--loss", "mse", "--format", "json", cwd=folder).stdout
    )
    assert {"check": "fine", "verdict": "pass", **lone} == {
        **fine,
        "schema": lone["schema"],
        "losscli": lone["losscli"],
    }
    assert [gate["verdict"] for gate in fails["gates"]] == ["fail", "pass"]
    assert (bad["check"], bad["verdict"]) == ("bad", "error")
    (error,) = bad["errors"]
    assert error["where"] == "cancer_logits.csv row 1 (line 2)"
    assert error["message"].startswith("cancer_logits.csv row 1 (line 2): prediction is -18.3")
    assert "losscli: check fails: gate failed: mse <= 1: " in done.stderr
    assert "losscli: check bad: cancer_logits.csv row 1 (line 2): prediction is -18.3" in done.stderr


def test_the_report_goes_to_a_file(check, folder):
    done = check(FAILS, "--format", "json", "--output", "all.json")
    assert (done.returncode, done.stdout) == (1, "")
    assert json.loads((folder / "all.json").read_text())["verdict"] == "fail"
    assert "gate failed: mse <= 1" in done.stderr
    done = check(FAILS, "--output", "all.txt")
    assert "fail: the check failed" in (folder / "all.txt").read_text()
    done = check(FAILS, "--output", "none/all.txt")
    assert done.returncode == 74


def test_markdown_has_the_same_tables(check):
    done = check(FAILS + BAD, "--format", "markdown")
    assert "| `fails` | fail | 1 of 2 | `mse` | 2978.4128969905414 | 442 |" in done.stdout
    assert "### Errors" in done.stdout
    assert "### To repeat them" in done.stdout


def test_outputs_of_a_check_are_written_beside_the_config(check, folder):
    below = folder / "below"
    below.mkdir()
    text = FINE + 'output = "one.json"\nformat = "json"\nper-sample = "one.csv"\ntop = 1\n' + BAD
    done = check(text + 'per-sample = "two.csv"\noutput = "two.txt"\n', cwd=below)
    assert done.returncode == 2
    found = json.loads((folder / "one.json").read_text())
    assert len(found["results"][0]["worst"]) == 1
    assert len((folder / "one.csv").read_text().splitlines()) == 443
    assert not list(folder.glob("*two*"))
    assert not list(below.iterdir())
    assert "  cd .. && losscli evaluate cancer_logits.csv cancer_labels.csv --loss bce\n" in done.stdout


def test_an_output_that_cannot_be_written_is_an_error_of_its_check_alone(check, folder):
    text = FINE + 'output = "none/a.txt"\n' + FINE.replace("fine", "b") + 'per-sample = "none/b.csv"\n'
    done = check(text + FINE.replace("fine", "c"), "--format", "json")
    assert done.returncode == 74
    one, other, fine = document(done)["checks"]
    assert [one["verdict"], other["verdict"], fine["verdict"]] == ["error", "error", "pass"]
    assert one["errors"][0]["where"] == "none/a.txt"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            FINE + 'output = "a.md"\n' + BAD + 'output = "./a.md"\n',
            "check 'fine' also writes ./a.md; needed: a different",
        ),
        (FINE + 'output = "cancer_labels.csv"\n' + BAD, "cancer_labels.csv is read by another check"),
        (
            FINE + 'per-sample = "diabetes.csv"\n',
            "per-sample: diabetes.csv is also read or written by this command",
        ),
        (FINE + 'output = "losscli.toml"\nformat = "json"\n', "output: losscli.toml is the config file"),
        (FINE + 'output = "all.txt"\n', "output: --output also writes all.txt; needed: a different file"),
        (
            FINE + 'per-sample = "-"\n',
            "per-sample: a check cannot use standard input or output; needed: a file",
        ),
        (FINE.replace("diabetes.csv", "-"), "predictions: a check cannot use standard input or output"),
        (FINE + 'labels = "-"\n', "labels: a check cannot use standard input or output"),
        (
            FINE + 'format = "json"\n',
            "format: there is no output that it applies to; needed: the key output too",
        ),
        (FINE.replace("loss", "#"), "check 'fine': it has no loss; needed: at least one."),
        (FINE.replace('"mse"', "[]"), "check 'fine': it has no loss; needed: at least one."),
        (FINE.replace("predictions", "#"), "check 'fine': it has no predictions; needed: a file."),
        (FINE + 'gate = "mae <= 3"\n', "losscli.toml, check 'fine': gate mae <= 3: mae is not computed"),
        (FINE + "fail-above = nan\n", "losscli.toml, check 'fine': fail-above: nan is not a limit"),
        (FINE + 'decimal = ","\ndelimiter = ","\n', "check 'fine': decimal: ',' also separates the columns"),
        (FINE + "top = -1\n", "losscli.toml, check 'fine': top: -1; needed: a whole number ≥ 0."),
        (FINE + 'map-labels = "a"\n', "losscli.toml, check 'fine': map-labels: 'a'; needed: A=B,C=D"),
        (FINE.replace("mse", "mae:a=1"), "losscli.toml, check 'fine': loss: there is no parameter 'a'"),
    ],
)
def test_mistakes_are_told_before_anything_runs(check, folder, text, said):
    before = sorted(folder.iterdir())
    done = check(text, "--output", "all.txt")
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert set(folder.iterdir()) - set(before) == {folder / "losscli.toml"}


@pytest.mark.parametrize("output", ["diabetes.csv", "losscli.toml", "./diabetes.csv"])
def test_the_report_replaces_nothing_that_is_read(check, folder, output):
    if output == "losscli.toml":
        assert check(FINE, "--output", output, "--print-config").returncode == 2
    done = check(FINE, "--output", output)
    assert done.returncode == 2
    assert done.stderr.startswith("losscli: --output: ")
    assert (folder / "losscli.toml").read_text() == FINE


def test_mistakes_of_all_checks_and_of_the_call_are_told_together(check):
    text = FINE + "top = -1\nlos = 3\n" + BAD + 'gate = "bce <"\n' + "[other]\n"
    done = check(text, "--only", "bad", "--only", "fine", "--only", "nobody")
    lines = [line for line in done.stderr.splitlines() if not line.startswith("losscli:  ")]
    assert len(lines) == 5
    assert done.returncode == 2


def test_what_an_option_says_wrongly_is_told_once(check):
    done = check(FINE + FAILS, "--top", "-1", "--gate", "mse <", LOSSCLI_DECIMAL="x")
    lines = [line for line in done.stderr.splitlines() if not line.startswith("losscli:  ")]
    assert len(lines) == 3
    assert any(line.startswith("losscli: LOSSCLI_DECIMAL: 'x'") for line in lines)


def test_options_win_over_variables_and_those_over_the_config(check):
    text = FAILS + "top = 3\nreduction = 'sum'\n"
    done = check(
        text,
        *("--only", "fails", "--gate", "mse <= 9999", "--format", "json"),
        LOSSCLI_GATE="mse <= 2\nmse <= 3",
        LOSSCLI_REDUCTION="mean",
    )
    (found,) = document(done)["checks"]
    assert [gate["gate"] for gate in found["gates"]] == ["mse <= 9999"]
    assert found["results"][0]["cost"] == 2978.4128969905414
    assert len(found["results"][0]["worst"]) == 3


def test_every_shared_option_is_one_of_check_too(check):
    done = check(
        FINE, "--no-header", "--label-no-header", "--prediction", "0", "--print-config", "--format=json"
    )
    found = document(done)["checks"][0]["settings"]
    assert found["header"] == {"value": False, "from": "option", "where": "--header"}
    assert found["label-header"] == {"value": False, "from": "option", "where": "--label-header"}


def test_checks_options_have_variables_too(check):
    done = check(FINE + FAILS, LOSSCLI_ONLY="fine\nfails", LOSSCLI_FORMAT="json", LOSSCLI_EXIT_ZERO="1")
    assert done.returncode == 0
    assert document(done)["verdict"] == "fail"


def test_a_config_is_found_above_or_named(check, folder):
    below = folder / "a" / "b"
    below.mkdir(parents=True)
    done = check(FINE, cwd=below)
    assert (done.returncode, done.stdout.splitlines()[0]) == (0, "config ../../losscli.toml")
    done = check(FAILS, "../../other.toml", config="other.toml", cwd=below)
    assert done.returncode == 1
    table = FAILS.replace("[[check]]", "[[tool.losscli.check]]")
    done = check(table.replace("diabetes.csv", "../diabetes.csv"), config="a/pyproject.toml", cwd=below)
    assert (done.returncode, done.stdout.splitlines()[0]) == (1, "config ../pyproject.toml")


def test_no_config_says_so(tmp_path):
    done = losscli("check", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith("losscli: CONFIG: there is no losscli.toml")


def test_a_found_config_runs_no_code(check, folder):
    (folder / "custom" / "asymmetric.py").write_text("open('ran', 'w')\n")
    gate = 'gate = "custom/asymmetric.py:asymmetric <= 1"\n'
    for arguments in ((), ("--print-config",), ("--jobs", "2")):
        done = check(CUSTOM + FINE + gate, *arguments)
        assert not (folder / "ran").exists()
        if "--print-config" not in arguments:
            assert done.returncode == 2
            assert (
                "losscli: losscli.toml, check 'mine': loss: custom/asymmetric.py:asymmetric is code, "
                "and losscli.toml was found rather than named; needed: a built-in loss. "
                "To allow it: losscli check losscli.toml\n"
            ) in done.stderr
            assert "losscli.toml, check 'fine': gate" in done.stderr


def test_a_named_config_runs_code_beside_it(check, folder):
    below = folder / "below"
    below.mkdir()
    done = check(CUSTOM, "../losscli.toml", "--format", "json", cwd=below)
    assert done.returncode == 0, done.stderr
    assert document(done)["checks"][0]["results"][0]["cost"] == 4483.439325126347


def test_an_option_names_code_even_for_a_found_config(check, folder):
    below = folder / "below"
    below.mkdir()
    shutil.copy(folder / "custom" / "asymmetric.py", below / "my.py")
    done = check(
        FINE,
        *("--loss", "my.py:asymmetric:alpha=1", "--gate", "my.py:asymmetric:alpha=1 <= 1"),
        *("--format", "json"),
        cwd=below,
    )
    assert done.returncode == 1, done.stderr
    (found,) = document(done)["checks"]
    assert found["results"][0]["loss"] == f"{below}/my.py:asymmetric:alpha=1"
    assert check(CUSTOM, "--loss", "my.py:asymmetric", cwd=below).returncode == 0
    done = check(
        CUSTOM + 'gate = "custom/asymmetric.py:asymmetric <= 1"', "--loss", "my.py:asymmetric", cwd=below
    )
    assert "gate custom/asymmetric.py:asymmetric <= 1: custom/asymmetric.py:asymmetric is code" in done.stderr


def test_installed_losses_are_code_too(check, folder):
    (folder / "shop.py").write_text("def loss(label, prediction):\n    return abs(label - prediction)\n")
    package = folder / "shop-1.dist-info"
    package.mkdir()
    (package / "METADATA").write_text("Name: shop\nVersion: 1\n")
    (package / "entry_points.txt").write_text("[losscli.losses]\nshop = shop:loss\n")
    (folder / "losscli.toml").write_text(FINE.replace("mse", "shop"))
    done = process("check", cwd=folder, PYTHONPATH=folder)
    assert "loss: shop is code, and losscli.toml was found rather than named" in done.stderr
    assert process("check", "losscli.toml", cwd=folder, PYTHONPATH=folder).returncode == 0
    assert process("check", "--loss", "shop", cwd=folder, PYTHONPATH=folder).returncode == 0


def test_print_config_shows_where_each_value_comes_from(check, folder):
    shutil.rmtree(folder / "custom")
    (folder / "diabetes.csv").unlink()
    text = FINE + 'gate = [\n  "mse <= 3",\n  "mse <= 4",\n]\nheader = true\n' + CUSTOM
    arguments = ("--print-config", "--top", "3", "--exit-zero")
    done = check(text, *arguments, "--format", "json", LOSSCLI_BAD_ROWS="drop")
    assert (done.returncode, done.stderr) == (0, "")
    found = document(done)
    assert list(found) == ["schema", "losscli", "config", "checks"]
    assert found["config"] == "losscli.toml"
    assert [one["check"] for one in found["checks"]] == ["fine", "mine"]
    assert found["checks"][0]["settings"] == {
        "predictions": {"value": "diabetes.csv", "from": "config", "where": "losscli.toml"},
        "loss": {"value": ["mse"], "from": "config", "where": "losscli.toml"},
        "align": {"value": "auto", "from": "default", "where": "default"},
        "unmatched": {"value": "error", "from": "default", "where": "default"},
        "header": {"value": True, "from": "config", "where": "losscli.toml"},
        "bad-rows": {"value": "drop", "from": "environment", "where": "LOSSCLI_BAD_ROWS"},
        "reduction": {"value": "mean", "from": "default", "where": "default"},
        "engine": {"value": "local", "from": "default", "where": "default"},
        "top": {"value": 3, "from": "option", "where": "--top"},
        "gate": {"value": ["mse <= 3", "mse <= 4"], "from": "config", "where": "losscli.toml"},
        "exit-zero": {"value": True, "from": "option", "where": "--exit-zero"},
    }
    done = check(text, *arguments, "--only", "fine")
    rows = [line.split() for line in done.stdout.splitlines()]
    assert ["gate", "mse", "<=", "4", "losscli.toml"] in rows
    assert ["top", "3", "--top"] in rows
    assert "mine" not in done.stdout
    assert check(text + "los = 1\n", "--print-config").returncode == 2


@pytest.mark.parametrize("output", ["diabetes.csv", "./main.json", "custom/asymmetric.py", "losscli.toml"])
def test_print_config_replaces_no_file_of_a_check(check, folder, output):
    (folder / "main.json").write_text("{}")
    before = (folder / output).read_bytes() if output != "losscli.toml" else None
    done = check(FINE + CUSTOM, "--print-config", "--baseline", "main.json", "--output", output)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("losscli: --output: ")
    assert before in (None, (folder / output).read_bytes())
    done = check(FINE, "--print-config", "--output", "shown.txt")
    assert (done.returncode, done.stdout) == (0, "")
    assert "Check: fine" in (folder / "shown.txt").read_text()


def test_print_schema_goes_where_output_says(tmp_path):
    done = losscli("check", "--print-schema", "--output", "schema.json", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "")
    assert (tmp_path / "schema.json").read_text() == SCHEMA.read_text()


def test_print_schema_prints_what_ships(tmp_path):
    done = losscli("check", "--print-schema", cwd=tmp_path)
    assert done.stdout == SCHEMA.read_text(encoding="utf-8")


HOSTILE = "a\\u001b[31m::error::x\\u202e|`<b>##vso[x]\\n::warning::=cmd()"


@pytest.mark.parametrize("format_", ["table", "json", "markdown"])
@pytest.mark.parametrize("more", [(), ("--print-config",)])
def test_hostile_names_paths_and_values_do_no_harm(check, format_, more):
    text = FAILS.replace('"fails"', f'"{HOSTILE}"') + f'[[check]]\npredictions = "{HOSTILE}"\nloss = "mse"\n'
    text += f'[[check]]\nname = "c"\npredictions = "diabetes.csv"\nloss = "mse"\nid = "{HOSTILE}"\n'
    done = check(text, "--format", format_, *more)
    assert done.returncode == (0 if "--print-config" in more else 2), done.stderr
    for output in (done.stdout, done.stderr):
        assert not any(character in output for character in "\x1b\u202e\r")
        assert "##vso[" not in output
        assert not any(line.lstrip().startswith("::") for line in output.splitlines())
    if format_ == "json":
        assert json.loads(done.stdout)["checks"][0]["check"] == json.loads(f'"{HOSTILE}"')
    else:
        assert "<b>" not in done.stdout or format_ == "table"


@pytest.mark.parametrize(
    "line", [f'"{HOSTILE}" = 1', f'bad-rows = "{HOSTILE}"', f'gate = "{HOSTILE}"', HOSTILE]
)
def test_hostile_mistakes_do_no_harm(check, line):
    done = check(FINE + line + "\n")
    assert (done.returncode, done.stdout) == (2, "")
    assert not any(character in done.stderr for character in "\x1b\u202e\r")
    assert all(line.startswith("losscli: ") for line in done.stderr.splitlines())
    assert "##vso[" not in done.stderr


def test_a_narrow_terminal_and_no_unicode_are_kept_to(check, folder):
    (folder / "losscli.toml").write_text(FAILS + BAD)
    done = process("check", cwd=folder, COLUMNS="40", PYTHONIOENCODING="ascii")
    pasted = [line for line in done.stdout.splitlines() if line.startswith("  losscli evaluate ")]
    assert all(len(line) <= 40 for line in done.stdout.splitlines() if line not in pasted)
    assert done.stdout.isascii()
    # Whatever the width, a command stays on its line: what is pasted from there works.
    again = process(*shlex.split(pasted[0])[1:], cwd=folder)
    assert "fail: 1 of 2 gates failed" in again.stdout
    assert again.returncode == 1
    assert "\x1b[" in check(FAILS, "--color", "always").stdout
    assert "\x1b[" not in check(FAILS, FORCE_COLOR="1", NO_COLOR="1").stdout


def test_notes_name_their_check(check, folder):
    (folder / "plain.csv").write_text("1,2\n3,4\n")
    done = check('[[check]]\npredictions = "plain.csv"\nprediction = 0\nlabel = 1\nloss = "mse"\n')
    assert done.returncode == 0, done.stderr
    assert done.stderr.startswith("losscli: note: check check 1: plain.csv: the first line is all numbers")
