"""`losscli evaluate` as a user runs it: real files, exit status, stdout and stderr."""

import gzip
import json
import os

import pytest
from helpers.calls import SAMPLES, losscli, process, shell

PAIR = ("diabetes_linear.csv", "diabetes_labels.csv")


def document(*arguments, **more):
    done = losscli("evaluate", *arguments, "--format", "json", **more)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def cost(*arguments, **more):
    return document(*arguments, **more)["results"][0]["cost"]


@pytest.fixture
def files(tmp_path):
    def write(**texts):
        paths = []
        for name, text in texts.items():
            path = tmp_path / f"{name}.csv"
            path.write_bytes(text if isinstance(text, bytes) else text.encode())
            paths.append(path)
        return paths

    return write


def test_the_document_has_the_keys_of_the_contract_in_their_order():
    found = document(*PAIR, "--loss", "mse")
    head = ["schema", "losscli", "signature", "predictions", "labels", "alignment", "columns"]
    assert list(found) == [*head, "results"]
    assert found["signature"] == "mse|n:442|mean|align:id|bad:error|v:0.1.0"
    result = found["results"][0]
    assert list(result)[:15] == [
        "loss", "parameters", "n", "dropped", "ignored", "clipped", "weight_sum",
        "cost", "standard_error", "sum", "mean", "std", "min", "max", "quantiles",
    ]  # fmt: skip
    assert list(result["worst"][0]) == ["row", "id", "label", "prediction", "error", "loss"]
    assert len(result["worst"]) == 10


def test_every_block_size_gives_the_same_document():
    whole = document(*PAIR, "--loss", "mse", "--loss", "mae", "--group", "sex")
    for rows in (1, 7, 100):
        assert (
            document(*PAIR, "--loss", "mse", "--loss", "mae", "--group", "sex", "--block-rows", rows) == whole
        )


def test_files_in_different_order_cost_what_files_in_one_order_cost(tmp_path):
    rows = (SAMPLES / "diabetes_linear.csv").read_text().splitlines(keepends=True)
    shuffled = tmp_path / "p.csv"
    shuffled.write_text("".join([rows[0], *reversed(rows[1:])]))
    assert cost(shuffled, SAMPLES / PAIR[1], "--loss", "mse") == cost(*PAIR, "--loss", "mse")


@pytest.mark.parametrize("which", [0, 1])
def test_standard_input_stands_for_either_file(which):
    paths = list(PAIR)
    text = (SAMPLES / paths[which]).read_bytes()
    paths[which] = "-"
    assert cost(*paths, "--loss", "mse", stdin=text) == cost(*PAIR, "--loss", "mse")


def test_fifos_are_read_in_one_pass():
    done = shell("losscli evaluate <(cat diabetes_linear.csv) <(cat diabetes_labels.csv) --loss mse --quiet")
    assert (done.returncode, done.stdout) == (0, "2978.4128969905414\n")


def test_quiet_prints_one_cost_a_line_and_nothing_else():
    done = losscli("evaluate", *PAIR, "--loss", "mse", "--loss", "rmse", "--quiet")
    assert done.stdout.splitlines() == ["2978.4128969905414", "54.57483758098178"]
    assert done.stderr == ""


def test_the_same_loss_asked_for_twice_is_computed_once():
    found = document(*PAIR, "--loss", "mae", "--loss", "l1")
    assert [result["loss"] for result in found["results"]] == ["mae"]


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["--fail-above", "3000"], 0),
        (["--fail-above", "2000"], 1),
        (["--fail-above", "2000", "--exit-zero"], 0),
        (["--gate", "mse.p95[sex_1] <= 1e9"], 0),
        (["--gate", "mse.p95[sex_1] <= 1"], 1),
        (["--gate", "mse <= 3000", "--gate", "mse.n >= 443"], 1),
        (["--gate", "mse <= nan"], 2),
        (["--gate", "mae <= 3"], 2),
        (["--gate", "mse[nobody] <= 1e9"], 2),
        (["--fail-above", "nan"], 2),
        (["--fail-above", "inf"], 2),
    ],
)
def test_gates_decide_on_the_exit_status(arguments, status):
    done = losscli("evaluate", *PAIR, "--loss", "mse", "--group", "sex", "--quiet", *arguments)
    assert done.returncode == status
    assert ("gate failed" in done.stderr) == (status == 1 or "--exit-zero" in arguments)


def test_a_failed_gate_is_told_on_stderr_even_when_quiet():
    done = losscli("evaluate", *PAIR, "--loss", "mse", "--quiet", "--fail-above", "2000")
    said = "mse <= 2000: the value is 2978.4128969905414, 48.9 % beyond the threshold"
    assert done.stderr.splitlines()[0] == f"losscli: gate failed: {said}"


def test_an_infinite_cost_is_null_with_a_text_and_fails_every_gate(files):
    (path,) = files(p="prediction,label\n1e200,0\n")
    done = losscli("evaluate", path, "--loss", "mse", "--format", "json", "--gate", "mse >= 0")
    found = json.loads(done.stdout)
    assert done.returncode == 1
    assert (found["results"][0]["cost"], found["results"][0]["cost_text"]) == (None, "inf")
    assert found["verdict"] == "fail"


def test_all_usage_errors_come_together_and_before_a_file_is_opened():
    done = losscli("evaluate", "nowhere.csv", "--loss", "mze", "--gate", "mse <", "--decimal", "x")
    text = done.stderr
    assert done.returncode == 2
    assert "no loss 'mze'" in text
    assert "nothing follows the operator" in text
    assert "--decimal" in text
    assert "nowhere" not in text


def test_without_a_loss_the_ones_that_fit_are_named(files):
    (path,) = files(p="prediction,label\n0.5,1\n0.2,0\n")
    done = losscli("evaluate", path)
    assert done.returncode == 2
    assert "binary_cross_entropy" in done.stderr
    named = done.stderr.split("fits these columns: ")[1].split(".")[0].split(", ")
    assert {"binary_cross_entropy", "brier", "mse"} <= set(named)
    assert not {"hinge", "gamma_deviance", "cross_entropy", "iou"} & set(named)


def test_output_appears_whole_or_not_at_all(tmp_path):
    path = tmp_path / "report.json"
    done = losscli("evaluate", *PAIR, "--loss", "mse", "--format", "json", "--output", path)
    assert (done.returncode, done.stdout) == (0, "")
    assert json.loads(path.read_text())["results"][0]["n"] == 442
    failed = losscli("evaluate", "nowhere.csv", "--loss", "mse", "--output", tmp_path / "other.json")
    assert failed.returncode == 2
    assert [file.name for file in tmp_path.iterdir()] == ["report.json"]


def test_per_sample_leaves_no_file_behind_when_a_row_is_bad(files, tmp_path):
    (path,) = files(p="prediction,label\n1,2\nx,3\n")
    out = tmp_path / "samples.csv"
    done = losscli("evaluate", path, "--loss", "mse", "--per-sample", out)
    assert done.returncode == 2
    assert [file.name for file in tmp_path.iterdir()] == ["p.csv"]


def test_per_sample_streams_every_row_with_a_column_for_each_loss(files, tmp_path):
    (path,) = files(p="id,prediction,label\na,1,2\nb,5,3\n")
    out = tmp_path / "samples.csv"
    assert losscli("evaluate", path, "--loss", "mse", "--loss", "mae", "--per-sample", out).returncode == 0
    assert out.read_text() == (
        "row,id,label,prediction,error,loss:mse,loss:mae\n1,a,2.0,1.0,-1.0,1.0,1.0\n2,b,3.0,5.0,2.0,4.0,2.0\n"
    )


def test_per_sample_to_stdout_needs_the_report_elsewhere(files):
    (path,) = files(p="prediction,label\n1,2\n")
    done = losscli("evaluate", path, "--loss", "mse", "--per-sample", "-")
    assert done.returncode == 2
    assert "--output FILE" in done.stderr


def test_dropped_rows_are_counted_and_missing_from_the_samples(files, tmp_path):
    (path,) = files(p="prediction,label\n1,2\n,3\nnan,1\n1e999,1\nabc,1\n4,4\n")
    out = tmp_path / "samples.jsonl"
    found = document(path, "--loss", "mse", "--bad-rows", "drop", "--per-sample", out)
    assert (found["results"][0]["n"], found["results"][0]["dropped"]) == (2, 4)
    assert [json.loads(line)["row"] for line in out.read_text().splitlines()] == [1, 6]
    assert found["predictions"]["rows"] == 6


def test_no_row_left_is_an_error(files):
    (path,) = files(p="prediction,label\n,3\n")
    done = losscli("evaluate", path, "--loss", "mse", "--bad-rows", "drop")
    assert done.returncode == 2
    assert "no row is left for mse" in done.stderr


def test_a_headerless_file_is_read_and_a_note_says_so(files):
    paths = files(p="1\n2\n", l="1\n4\n")
    done = losscli("evaluate", *paths, "--loss", "mse", "--quiet")
    assert done.stdout == "2.0\n"
    assert done.stderr.count("losscli: note: ") == 2


def test_top_and_all_choose_how_many_worst_samples_are_shown():
    assert len(document(*PAIR, "--loss", "mse", "--top", "3")["results"][0]["worst"]) == 3
    assert document(*PAIR, "--loss", "mse", "--top", "0")["results"][0]["worst"] == []
    everything = document(*PAIR, "--loss", "mse", "--all")["results"][0]["worst"]
    assert len(everything) == 442
    assert [sample["loss"] for sample in everything] == sorted((s["loss"] for s in everything), reverse=True)


def test_reduction_sum_makes_the_cost_the_sum():
    result = document(*PAIR, "--loss", "mse", "--reduction", "sum")["results"][0]
    assert result["cost"] == result["sum"]


@pytest.mark.parametrize("command", ["evaluate"])
@pytest.mark.parametrize("columns", ["20", "40", "80"])
def test_narrow_terminals_and_ascii_locales_show_everything(command, columns):
    done = process(
        command, *PAIR, "--loss", "mse", COLUMNS=columns, LC_ALL="C", PYTHONUTF8="0", PYTHONIOENCODING=""
    )
    assert done.returncode == 0
    assert done.stdout.isascii()
    # A bar keeps four cells, and the numbers before it are never cut.
    assert max(map(len, done.stdout.splitlines())) <= max(24, int(columns))


def test_hostile_ids_and_paths_are_shown_escaped(files, tmp_path):
    (path,) = files(p="id,prediction,label\n\x1b[31mred,1,2\n[bold]x[/bold],3,4\n")
    hostile = tmp_path / "::error::\x1b[2J.csv"
    path.rename(hostile)
    for arguments in (["--format", "table"], ["--format", "markdown"], ["--format", "csv"]):
        done = losscli("evaluate", hostile.name, "--loss", "mse", *arguments, cwd=tmp_path)
        assert done.returncode == 0
        assert "\x1b" not in done.stdout
        assert not any(line.lstrip().startswith("::") for line in done.stdout.splitlines())


def test_a_truncated_archive_is_refused(tmp_path):
    path = tmp_path / "p.csv.gz"
    path.write_bytes(gzip.compress(b"prediction,label\n" + b"1,2\n" * 100_000)[:-20])
    done = losscli("evaluate", path, "--loss", "mse")
    assert done.returncode == 2
    assert "damaged or cut short" in done.stderr


@pytest.mark.parametrize("option", ["--output", "--per-sample"])
def test_no_output_takes_the_place_of_an_input(files, tmp_path, option):
    (path,) = files(p="prediction,label\n1,2\n")
    (tmp_path / "link.csv").symlink_to(path)
    os.link(path, tmp_path / "hard.csv")
    before = path.read_bytes()
    for name in ("p.csv", "link.csv", "hard.csv", "./p.csv"):
        done = losscli("evaluate", "p.csv", "--loss", "mse", option, name, cwd=tmp_path)
        assert done.returncode == 2
        assert option in done.stderr
    assert path.read_bytes() == before


def test_two_outputs_need_two_files(files, tmp_path):
    (path,) = files(p="prediction,label\n1,2\n")
    done = losscli(
        "evaluate", path, "--loss", "mse", "--output", "o.csv", "--per-sample", "o.csv", cwd=tmp_path
    )
    assert done.returncode == 2


@pytest.mark.parametrize("stderr", ["2>/dev/full", "2>&-"])
def test_what_cannot_be_said_on_stderr_changes_no_exit_status(files, stderr):
    (path,) = files(p="1,2\n")
    line = f"losscli evaluate {path} --prediction 0 --label 1 --loss mse --quiet"
    for gate, status in (("", 0), (' --gate "mse <= 0"', 1)):
        done = shell(f"{line}{gate} {stderr}")
        assert (done.returncode, done.stdout) == (status, "1.0\n")


@pytest.mark.parametrize(
    ("text", "loss"),
    [
        ("prediction,label\ncat,cat\ndog,cat\n", "zero_one"),
        ("lower,upper,label\n1,2,1.5\n", "interval_score"),
        ("prediction,variance,label\n1,2,1.5\n", "gaussian_nll"),
        ("pred_x1,pred_y1,pred_x2,pred_y2,label_x1,label_y1,label_x2,label_y2\n0,0,1,1,0,0,1,1\n", "iou"),
    ],
)
def test_losses_of_every_kind_of_columns_are_named(files, text, loss):
    (path,) = files(p=text)
    done = losscli("evaluate", path)
    assert done.returncode == 2
    assert loss in done.stderr.split("fits these columns: ")[1].split(". ")[0].split(", ")


def test_without_a_loss_a_fifo_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "fifo")
    done = losscli("evaluate", "fifo", cwd=tmp_path)
    assert done.returncode == 2
    assert "no loss is named" in done.stderr


def test_without_a_loss_a_pipe_is_told_that_recommend_reads_files():
    done = losscli("evaluate", "-", stdin=b"prediction,label\n1,2\n")
    assert done.returncode == 2
    assert "recommend -" not in done.stderr
    assert "for files, `losscli recommend`" in done.stderr


def test_probabilities_are_not_taken_for_class_names_in_silence(files):
    labels = "label\n1\n0\n"
    wrong = losscli("evaluate", *files(p="prediction\n0.3\n0.9\n", l=labels), "--loss", "zero_one", "--quiet")
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert "no predicted class name is a label, such as 0.3" in wrong.stderr
    right = losscli("evaluate", *files(p="prediction\n0\n1\n", l=labels), "--loss", "zero_one", "--quiet")
    assert (right.stdout, right.stderr) == ("1.0\n", "")
