"""`--state` and `losscli merge`, as a user meets them."""

import json
import math
import random
import shutil
from pathlib import Path

import pytest
from helpers.calls import SAMPLES, losscli, shell
from helpers.pages import parsed

import losscli as library
from losscli.common.errors import LosscliError


@pytest.fixture
def shards(tmp_path):
    """Three shards of the diabetes data: predictions and labels, with ids."""
    for name, prefix in (("diabetes_linear.csv", "p"), ("diabetes_labels.csv", "l")):
        header, *rows = (SAMPLES / name).read_text().splitlines()
        for number, (start, end) in enumerate(((0, 100), (100, 300), (300, 442))):
            lines = [header, *rows[start:end]]
            (tmp_path / f"{prefix}{number}.csv").write_text("\n".join(lines) + "\n")
    return tmp_path


def evaluate(folder, number, *options, loss="mse", name=None):
    name = name or f"{number}.state"
    files = [f"p{number}.csv", f"l{number}.csv", "-l", loss, "--state", name, "-q"]
    done = losscli("evaluate", *files, *options, cwd=folder)
    assert done.returncode == 0, done.stderr
    return name


def merge(folder, *words):
    return losscli("merge", *words, cwd=folder)


def test_every_format_says_what_one_run_says(shards):
    names = [evaluate(shards, number) for number in range(3)]
    whole = (SAMPLES / "diabetes_linear.csv", SAMPLES / "diabetes_labels.csv", "-l", "mse")
    found = json.loads(merge(shards, *names, "--json").stdout)
    wanted = json.loads(losscli("evaluate", *whole, "--json").stdout)
    starts = {"p0.csv": 0, "p1.csv": 100, "p2.csv": 300}
    for sample in found["results"][0]["worst"]:
        assert list(sample)[:2] == ["row", "shard"]
        sample["row"] += starts[sample.pop("shard")]
    shards_of = {role: found[role].pop("shards") for role in ("predictions", "labels")}
    assert [(one["path"], one["rows"]) for one in shards_of["labels"]] == [
        ("l0.csv", 100),
        ("l1.csv", 200),
        ("l2.csv", 142),
    ]
    assert all(len(one["sha256"]) == 64 for one in shards_of["predictions"])
    assert found["predictions"].pop("path") == "p0.csv and 2 more"
    for role in ("predictions", "labels"):
        found[role].pop("path", None)
        wanted[role].pop("path")
    assert found == wanted
    for one in ("csv", "jsonl", "markdown", "table"):
        done = merge(shards, *names, "--format", one)
        assert done.returncode == 0, done.stderr
        assert "2978.4128969905414" in done.stdout
    assert merge(shards, *names, "--quiet").stdout == "2978.4128969905414\n"
    full = merge(shards, *names, "--full").stdout
    assert "p2.csv" in full
    assert "file  " in full


def test_a_page_shows_of_losses_what_one_run_shows(shards):
    names = [evaluate(shards, number) for number in range(3)]
    whole = ("diabetes_linear.csv", "diabetes_labels.csv", "-l", "mse", "--format", "html")
    page = parsed(merge(shards, *names, "--format", "html").stdout)
    of_run = parsed(losscli("evaluate", *whole, cwd=SAMPLES).stdout)
    figures = [one.all("h3")[0].text for one in page.all("figure")]
    assert figures == ["How the losses are spread: mse", "How much the worst samples matter: mse"]
    for one, other in zip(page.all("figure"), of_run.all("figure"), strict=False):
        assert [one.all(tag)[0].text for tag in ("figcaption", "table")] == [
            other.all(tag)[0].text for tag in ("figcaption", "table")
        ]
    assert "losscli merge 0.state 1.state 2.state" in page.text
    merge(shards, *names, "--quiet", "--report", "html=page.html")
    assert (shards / "page.html").read_text() == merge(shards, *names, "--format", "html").stdout
    html = library.merge([shards / name for name in names]).to_html()
    assert [one.all("h3")[0].text for one in parsed(html).all("figure")] == figures


def test_any_order_and_any_tree_give_the_same_bytes(shards):
    names = [evaluate(shards, number, "--group", "id") for number in range(3)]
    first = merge(shards, *names, "--json", "--state", "all.state")
    for seed in range(3):
        random.Random(seed).shuffle(names)
        assert merge(shards, *names, "--json").stdout == first.stdout
        assert merge(shards, *names[:2], "--state", "two.state", "-q").returncode == 0
        assert merge(shards, "two.state", names[2], "--json", "--state", "again.state").stdout == first.stdout
        assert (shards / "again.state").read_bytes() == (shards / "all.state").read_bytes()


CALLS = (
    "diabetes.csv -l mse -l mae --group sex",
    "diabetes_linear.csv diabetes_labels.csv -l rmse --weight label",
    "wine_logistic.csv wine_labels.csv -l ce -l zero_one --bad-rows drop",
    "digits_bayes.csv digits_labels.csv -l zero_one",
)


@pytest.mark.parametrize("call", CALLS)
def test_a_state_is_the_same_bytes_whatever_the_blocks(tmp_path, call):
    found = set()
    for rows in (1, 7, 1000):
        path = tmp_path / f"{rows}.state"
        done = losscli("evaluate", *call.split(), "--block-rows", rows, "--state", path, "-q")
        assert done.returncode == 0, done.stderr
        found.add(path.read_bytes())
    assert len(found) == 1


def test_one_state_is_its_run(shards):
    evaluate(shards, 0, "--top", "3", "--show", "id")
    done = losscli(
        "evaluate", "p0.csv", "l0.csv", "-l", "mse", "--top", "3", "--show", "id", "--json", cwd=shards
    )
    assert merge(shards, "0.state", "--json").stdout == done.stdout


def test_gates_and_a_baseline_judge(shards):
    names = [evaluate(shards, number, "--group", "id") for number in range(3)]
    assert merge(shards, *names, "-o", "base.json", "-f", "json", "--top", "0").returncode == 0
    passed = merge(
        shards, *names, "-g", "mse <= baseline + 1%", "--baseline", "base.json", "--report", "junit=j.xml"
    )
    assert passed.returncode == 0, passed.stderr
    assert 'name="mse &lt;= baseline + 1%"' in (shards / "j.xml").read_text()
    failed = merge(shards, *names, "--fail-above", "2000", "--state", "all.state")
    assert failed.returncode == 1
    assert (shards / "all.state").exists()
    assert merge(shards, *names, "--fail-above", "2000", "--exit-zero").returncode == 0
    assert merge(shards, *names, "-g", "mae <= 2").returncode == 2
    stranger = merge(shards, *names, "-g", "mse[no such] <= 2")
    assert stranger.returncode == 2


def refused(done, *texts):
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("losscli: ")
    assert done.stderr.count("\n") == 1, done.stderr
    for text in texts:
        assert text in done.stderr


def test_what_is_refused_is_told(shards):
    evaluate(shards, 0)
    evaluate(shards, 1, loss="mae")
    evaluate(shards, 1, "--bad-rows", "drop", name="drop.state")
    shutil.copy(shards / "p0.csv", shards / "copy.csv")
    shutil.copy(shards / "l0.csv", shards / "lcopy.csv")
    losscli("evaluate", "copy.csv", "lcopy.csv", "-l", "mse", "--state", "copy.state", "-q", cwd=shards)
    both = 'state 1.state: loss is ["mae"], and ["mse"] in state 0.state; needed: states of one plan.'
    refused(merge(shards, "0.state", "1.state"), both)
    refused(merge(shards, "0.state", "drop.state"), 'bad_rows is "drop", and "error" in state 0.state')
    refused(
        merge(shards, "0.state", "copy.state"),
        "state 0.state and state copy.state: both are about p0.csv and",
    )
    refused(merge(shards, "0.state", "0.state"), "both are about p0.csv;", "Leave one of them out.")
    refused(merge(shards, "nowhere.state"), "state nowhere.state: there is no such file")
    refused(merge(shards, "p0.csv"), "state p0.csv: not valid JSON")
    assert merge(shards).returncode == 2
    refused(
        merge(shards, "0.state", "--state", "0.state"),
        "--state: 0.state is also read or written by this command",
    )
    refused(merge(shards, "0.state", "--state", "-"), "--state: - is standard output; needed: a file")
    refused(merge(shards, "0.state", "--top", "11"), "--top: the states keep 10; needed: 11 at least.")
    refused(merge(shards, "0.state", "--receipt", "r.json"), "there is no option '--receipt'", "each shard")


def test_files_of_folders_overlap(shards):
    for name, numbers in (("a", (0, 1)), ("b", (1, 2))):
        for prefix in "pl":
            (shards / name / prefix).mkdir(parents=True)
            for number in numbers:
                shutil.copy(shards / f"{prefix}{number}.csv", shards / name / prefix / f"{number}{name}.csv")
        words = (f"{name}/p", f"{name}/l", "-l", "mse", "--state", f"{name}.state", "-q")
        assert losscli("evaluate", *words, cwd=shards).returncode == 0
    found = "both read the same predictions, a/p/1a.csv and b/p/1b.csv"
    refused(merge(shards, "a.state", "b.state"), found)
    evaluate(shards, 2)
    refused(merge(shards, "2.state", "b.state"), "both read the same predictions, p2.csv and b/p/2b.csv")
    assert merge(shards, "2.state", "a.state").returncode == 0


def test_labels_of_two_shards_are_two(tmp_path):
    for name, rows in (("p0", "1\n2\n"), ("p1", "3\n4\n")):
        (tmp_path / f"{name}.csv").write_text("prediction\n" + rows)
        (tmp_path / "l.csv").write_text("label\n1\n2\n")
        losscli("evaluate", f"{name}.csv", "l.csv", "-l", "mse", "--state", f"{name}.state", cwd=tmp_path)
    refused(merge(tmp_path, "p0.state", "p1.state"), "both read the same labels, l.csv")


def test_evaluate_refuses_what_cannot_be_a_state(shards):
    done = losscli("evaluate", "p0.csv", "l0.csv", "-l", "mse", "--state", "-", cwd=shards)
    refused(done, "--state: - is standard output; needed: a file")
    done = losscli("evaluate", "p0.csv", "l0.csv", "-l", "mse", "--state", "p0.csv", cwd=shards)
    refused(done, "--state: p0.csv is also read or written by this command")
    done = losscli("gradient", "p0.csv", "l0.csv", "-l", "mse", "--state", "g.state", cwd=shards)
    refused(done, "there is no option '--state'", "Figures of `losscli evaluate` alone")
    (shards / "own.py").write_text(
        "from dataclasses import replace\nfrom losscli.loss.registry import find\n"
        "root = replace(find('rmse'))\n"
        "def odd(label, prediction):\n    return abs(label - prediction)\n"
    )
    done = losscli("evaluate", "p0.csv", "l0.csv", "-l", "own.py:root", "--state", "s.state", cwd=shards)
    refused(done, "--state: the cost of own.py:root is what its own code makes of the mean")
    assert evaluate(shards, 0, loss="own.py:odd")
    (shards / "own.py").write_text("raise SystemExit(3)")
    assert merge(shards, "0.state", "-q").returncode == 0
    done = losscli("evaluate", "p0.csv", "nowhere.csv", "-l", "mse", "--state", "s.state", cwd=shards)
    assert done.returncode == 2
    assert not (shards / "s.state").exists()


def test_a_state_that_cannot_be_written_does_not_hide_the_report(shards):
    done = losscli("evaluate", "p0.csv", "l0.csv", "-l", "mse", "-q", "--state", "no/s.state", cwd=shards)
    assert done.returncode == 74
    assert done.stdout
    assert "no/s.state: cannot be written" in done.stderr


def test_ids_of_two_states_are_proven_apart_or_that_is_said(shards):
    names = [evaluate(shards, number) for number in range(3)]
    assert merge(shards, *names).stderr == ""
    for letter, ids in (("a", (1, 3)), ("b", (2, 4))):
        (shards / f"p{letter}.csv").write_text("id,prediction\n" + "".join(f"{one},1\n" for one in ids))
        (shards / f"l{letter}.csv").write_text("id,label\n" + "".join(f"{one},{one}\n" for one in ids))
    names = [evaluate(shards, letter) for letter in "ab"]
    assert "that no id is in two of the inputs was not checked" in merge(shards, *names).stderr


def test_what_was_left_out_of_two_states_may_belong_together(tmp_path):
    for letter, ours, theirs in (("a", "1,2", "2,3"), ("b", "3,4", "4,5")):
        (tmp_path / f"p{letter}.csv").write_text(
            "id,prediction\n" + "".join(f"{one},1\n" for one in ours.split(","))
        )
        (tmp_path / f"l{letter}.csv").write_text(
            "id,label\n" + "".join(f"{one},2\n" for one in theirs.split(","))
        )
    names = [evaluate(tmp_path, letter, "--unmatched", "drop") for letter in "ab"]
    done = merge(tmp_path, *names, "--json")
    assert json.loads(done.stdout)["unmatched"] == {"predictions": 2, "labels": 2}
    assert (
        "whether a prediction that was left out of one input has its label in another was not checked"
        in done.stderr
    )


def test_class_names_of_two_states_are_those_of_one_run(tmp_path):
    (tmp_path / "a.csv").write_text("prediction,label\ncafé,café\n1,1\n")
    (tmp_path / "b.csv").write_text("prediction,label\ncafe\u0301,cafe\u0301\n2,2\n", encoding="utf-8")
    for letter in "ab":
        done = losscli(
            *("evaluate", f"{letter}.csv", "--header", "-l", "zero_one", "--state", f"{letter}.state", "-q"),
            cwd=tmp_path,
        )
        assert done.returncode == 0, done.stderr
    refused(merge(tmp_path, "a.state", "b.state"), "two classes that look the same but are not")


def test_a_check_keeps_its_state(shards):
    config = 'predictions = "p0.csv"\nlabels = "l0.csv"\nloss = "mse"\n'
    (shards / "losscli.toml").write_text(
        f'[[check]]\nname = "one"\n{config}state = "one.state"\n[[check]]\nname = "two"\n{config}'
    )
    assert losscli("check", cwd=shards).returncode == 0
    evaluate(shards, 0)
    assert (shards / "one.state").read_bytes() == (shards / "0.state").read_bytes()


def test_python(shards, monkeypatch):
    monkeypatch.chdir(shards)
    whole = library.evaluate(
        SAMPLES / "diabetes_linear.csv", SAMPLES / "diabetes_labels.csv", ["mse", "rmse"]
    )
    for number in range(3):
        library.evaluate(f"p{number}.csv", f"l{number}.csv", ["mse", "rmse"], state=Path(f"{number}.state"))
    names = [f"{number}.state" for number in range(3)]
    found = library.merge(names, gate="mse <= 3000", state="all.state")
    assert [one.cost for one in found.results] == [one.cost for one in whole.results]
    assert found.verdict == "pass"
    assert library.merge("all.state").signature == whole.signature
    assert "shard" in found.worst_frame("mse").columns
    assert "shard" not in whole.worst_frame("mse").columns
    for wrong in (
        lambda: library.merge([3]),
        lambda: library.merge([]),
        lambda: library.merge(names, gate="x <= 1"),
    ):
        with pytest.raises(LosscliError):
            wrong()
    with pytest.raises(LosscliError, match="in memory"):
        library.evaluate([1.0], [2.0], "mse", state="m.state")
    with pytest.raises(LosscliError, match="standard output"):
        library.evaluate("p0.csv", "l0.csv", "mse", state="-")
    assert not Path("m.state").exists()


def test_a_loop_of_a_shell_in_many_processes(shards):
    line = (
        "for p in p?.csv; do n=${p#p}; "
        'losscli evaluate "$p" "l$n" --loss mse --state "${n%.csv}.state" -q & done; '
        "wait; losscli merge *.state --quiet"
    )
    done = shell(line, cwd=shards)
    assert done.stdout.splitlines()[-1] == "2978.4128969905414", done.stderr


def test_columns_in_another_order(shards):
    rows = [[math.sin(3.7 * row + 1.3 * column) * 5 for column in range(4)] for row in range(200)]
    orders = ["abcd", "dcba"]
    for number, order in enumerate(orders):
        text = ["y," + ",".join(f"logit_{one}" for one in order)]
        for row, cells in list(enumerate(rows))[number::2]:
            cell = dict(zip("abcd", map(repr, cells), strict=True))
            text.append("abcd"[row % 4] + "," + ",".join(cell[one] for one in order))
        (shards / f"{number}.csv").write_text("\n".join(text) + "\n")
    named = [word for one in "abcd" for word in ("--prediction", f"logit_{one}")]

    def states(*options):
        for number in range(2):
            made = ["--state", f"{number}.state", "-q", "-l", "ce:from_logits=true", *options]
            assert losscli("evaluate", f"{number}.csv", *made, cwd=shards).returncode == 0
        return merge(shards, "0.state", "1.state", "-q")

    refused(
        states(),
        'state 1.state: columns is {"prediction": ["logit_d"',
        "Sums depend on the order of columns in their last digits. Make them with " + " ".join(named),
    )
    (shards / "both").mkdir()
    for number in range(2):
        shutil.copy(shards / f"{number}.csv", shards / "both")
    one = losscli("evaluate", "both", "-q", "-l", "ce:from_logits=true", *named, cwd=shards)
    assert states(*named).stdout == one.stdout


def test_no_state_is_an_error_in_python():
    with pytest.raises(LosscliError) as raised:
        library.merge([])
    told = "states: no state is named; needed: at least one. Make one: evaluate(…, state=FILE)"
    assert str(raised.value) == told
