"""Rows that are skipped, samples excluded by id, labels shifted: what the files edited by hand would give."""

import json
import subprocess
import sys

import numpy as np
import pytest
from helpers.calls import losscli

import losscli as ours
from losscli.common.errors import LosscliError

ROWS = 23
RANDOM = np.random.default_rng(7)
LABELS = RANDOM.normal(size=ROWS).round(3)
PREDICTIONS = (LABELS + RANDOM.normal(size=ROWS)).round(3)
IDS = np.array([f"s{number}" for number in range(ROWS)])
ORDER = RANDOM.permutation(ROWS)
BLOCKS = pytest.mark.parametrize("block_rows", [1, 2, 7, 1000])
SHIFTS = pytest.mark.parametrize("by", [1, -1, 3, -5, ROWS - 1, 1 - ROWS])


def write(path, **columns):
    lines = [",".join(columns), *(",".join(map(str, row)) for row in zip(*columns.values(), strict=True))]
    path.write_text("\n".join(lines) + "\n")


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "p.csv", prediction=PREDICTIONS)
    write(tmp_path / "l.csv", label=LABELS)
    write(tmp_path / "both.csv", prediction=PREDICTIONS, label=LABELS, w=range(1, ROWS + 1))
    write(tmp_path / "p_ids.csv", id=IDS, prediction=PREDICTIONS)
    write(tmp_path / "l_ids.csv", id=IDS, label=LABELS)
    write(tmp_path / "l_other.csv", id=IDS[ORDER], label=LABELS[ORDER])
    (tmp_path / "ids.txt").write_text("s3\ns9\nnope\ns22\ns3\n")
    return tmp_path


def by_hand(predictions, labels, rows, label_rows=None, **more):
    """Return the report of the rows alone, with the numbers that they have in the whole file."""
    report = ours.evaluate(
        PREDICTIONS[predictions], LABELS[labels], loss=["mse", "mae"], top=5, level=0.9, **more
    )
    return [
        (
            *(one.loss, one.cost, one.std, one.standard_error, one.n),
            [(rows[sample.row - 1], sample.label, sample.prediction, sample.loss) for sample in one.worst],
        )
        for one in report.results
    ]


def told(report):
    return [
        (
            *(one.loss, one.cost, one.std, one.standard_error, one.n),
            [(sample.row, sample.label, sample.prediction, sample.loss) for sample in one.worst],
        )
        for one in report.results
    ]


def evaluated(*inputs, **more):
    return ours.evaluate(*inputs, loss=["mse", "mae"], top=5, level=0.9, **more)


def without(*gone):
    return np.array([place for place in range(ROWS) if place not in gone])


@BLOCKS
@SHIFTS
@pytest.mark.parametrize("inputs", [("p.csv", "l.csv"), ("both.csv",), ("p_ids.csv", "l.csv")])
def test_shifted_labels_are_those_of_files_cut_by_hand(inputs, by, block_rows):
    rows = np.arange(ROWS)
    kept = rows[:-by] if by > 0 else rows[-by:]
    report = evaluated(*inputs, shift_labels=by, block_rows=block_rows)
    assert told(report) == by_hand(kept, kept + by, kept + 1)
    assert report.rows_left_out == {"shift-labels": {"predictions": abs(by), "labels": abs(by)}}
    assert f"|shift:{by}|" in report.signature
    ends = ("last", "first") if by > 0 else ("first", "last")
    many = "row" if abs(by) == 1 else f"{abs(by)} rows"
    assert f"the {ends[0]} {many} of the predictions, the {ends[1]} {many} of the labels" in report.notes[0]


def test_only_labels_of_one_input_are_shifted():
    report = ours.evaluate("both.csv", loss="mse", weight="w", shift_labels=2)
    loss, weight = (PREDICTIONS[:-2] - LABELS[2:]) ** 2, np.arange(1, ROWS - 1)
    assert report.results[0].cost == pytest.approx((loss * weight).sum() / weight.sum(), rel=1e-14)


@BLOCKS
@pytest.mark.parametrize(
    "inputs", [("p.csv", "l.csv"), ("both.csv",), ("p_ids.csv", "l_ids.csv"), ("p_ids.csv", "l_other.csv")]
)
@pytest.mark.parametrize("asked", [["5-6", 7, "23"], [(5, 7), (23, 23)], ["7-7", "23", "5 - 6", 6]])
def test_skipped_rows_are_left_out(inputs, asked, block_rows):
    kept = without(4, 5, 6, 22)
    report = evaluated(*inputs, skip_rows=asked, block_rows=block_rows)
    assert told(report) == by_hand(kept, kept, kept + 1)
    assert report.rows_left_out == {"skip-rows": {"predictions": 4, "labels": 4}}
    assert "|skip:5-7|skip:23|" in report.signature
    assert 'left out: 4 rows (skip_rows="5-7" skip_rows="23")' in report.notes


@BLOCKS
@pytest.mark.parametrize(
    "inputs",
    [("p_ids.csv", "l_ids.csv"), ("p_ids.csv", "l_other.csv"), ("p_ids.csv", "l.csv")],
)
def test_excluded_ids_are_left_out(inputs, block_rows):
    kept = without(3, 9, 22)
    report = evaluated(*inputs, exclude_ids="ids.txt", block_rows=block_rows)
    assert told(report) == by_hand(kept, kept, kept + 1)
    assert report.rows_left_out == {"exclude-ids": {"predictions": 3, "labels": 3}}
    assert report.excluded.rows == 4
    assert f"|exclude:{report.excluded.fingerprint.sha256[:12]}|" in report.signature
    assert "1 of the 4 ids in ids.txt is in no input: 'nope'" in report.notes


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("id,why\ns3,a\ns9,b\ns22,c\n", "x.csv"),
        ("why,sample_id\na,s3\nb,s9\nc,s22\n", "x.csv"),
        ('{"id": "s3"}\n{"id": "s9"}\n{"id": "s22"}\n', "x.jsonl"),
        ("id\ns3\ns9\ns22\n", "x.txt"),
        ("s22\r\ns3\r\ns9", "x.txt"),
        ("key,more\ns3,1\ns9,2\ns22,3\n", "x.csv"),
    ],
)
def test_ids_are_read_as_all_else_is(here, text, name):
    (here / name).write_text(text)
    column = {}
    if text.startswith("key"):
        write(here / "p_ids.csv", key=IDS, prediction=PREDICTIONS)
        write(here / "l_ids.csv", key=IDS, label=LABELS)
        column = {"id": "key"}
    kept = without(3, 9, 22)
    report = evaluated("p_ids.csv", "l_ids.csv", exclude_ids=name, **column)
    assert told(report) == by_hand(kept, kept, kept + 1)
    assert not [note for note in report.notes if "no input" in note]


def test_ids_that_are_integers_are_texts_all_the_same(here):
    write(here / "p.csv", id=[f"{number:03}" for number in range(ROWS)], prediction=PREDICTIONS)
    write(here / "l.csv", id=[f"{number:03}" for number in range(ROWS)], label=LABELS)
    (here / "x.txt").write_text("007\n8\n")
    report = ours.evaluate("p.csv", "l.csv", loss="mse", exclude_ids="x.txt")
    assert report.rows_left_out["exclude-ids"]["predictions"] == 1
    assert "1 of the 2 ids in x.txt is in no input: '8'" in report.notes


def test_padding_may_be_anything(here):
    lines = (here / "p_ids.csv").read_text().splitlines()
    (here / "p_ids.csv").write_text("\n".join([*lines, "s0,pad", ",", "s1,nan"]) + "\n")
    report = evaluated("p_ids.csv", "l_other.csv", skip_rows="24-26")
    rows = np.arange(ROWS)
    assert told(report) == by_hand(rows, rows, rows + 1)
    assert report.rows_left_out == {"skip-rows": {"predictions": 3, "labels": 0}}
    with pytest.raises(LosscliError):
        evaluated("p_ids.csv", "l_other.csv")


def test_a_row_that_is_none_is_refused_all_the_same(here):
    (here / "p.csv").write_text((here / "p.csv").read_text() + "1,2,3\n")
    with pytest.raises(LosscliError, match=r"row 24|24 "):
        evaluated("p.csv", "l.csv", skip_rows="24")


@BLOCKS
def test_what_is_left_out_counts_with_unmatched_ids(here, block_rows):
    write(here / "l_ids.csv", id=[*IDS[:20], "other"], label=[*LABELS[:20], 0.0])
    more = {"unmatched": "drop", "block_rows": block_rows}
    report = evaluated("p_ids.csv", "l_ids.csv", exclude_ids="ids.txt", skip_rows="1-2", **more)
    kept = without(0, 1, 3, 9, 20, 21, 22)
    assert told(report) == by_hand(kept, kept, kept + 1)
    assert report.unmatched == {"predictions": 2, "labels": 1}
    assert report.rows_left_out == {
        "skip-rows": {"predictions": 2, "labels": 2},
        "exclude-ids": {"predictions": 3, "labels": 2},
    }


def test_all_three_at_once():
    report = evaluated(
        "p_ids.csv", "l.csv", shift_labels=2, skip_rows=["1", "20-23"], exclude_ids="ids.txt", block_rows=3
    )
    kept = without(0, 3, 9, 19, 20, 21, 22)
    assert told(report) == by_hand(kept, kept + 2, kept + 1)
    assert report.rows_left_out["skip-rows"]["predictions"] == 3
    assert "|shift:2|skip:1|skip:20-23|exclude:" in report.signature


REFUSED = [
    ("p.csv l.csv --shift-labels 0", "--shift-labels: 0; needed: a whole number other than 0"),
    ("p.csv l.csv --shift-labels 23", "no row is left of 23 (--shift-labels)"),
    ("p.csv l.csv --shift-labels -99", "no row is left of 23 (--shift-labels)"),
    ("p_ids.csv l_ids.csv --shift-labels 1", "rows are paired by id"),
    ("p_ids.csv l_ids.csv --shift-labels 1", "--align position"),
    ("p.csv l.csv --skip-rows 20-24", "it has 23 rows, and no row 24 to leave out"),
    ("p_ids.csv l_ids.csv --skip-rows 24", "it has 23 rows, and no row 24 to leave out"),
    ("p.csv l.csv --skip-rows 1-23", "no row is left of 23 (--skip-rows)"),
    ("p_ids.csv l_other.csv --skip-rows 1-23", "no row is left of 23 (--skip-rows)"),
    *((f"p.csv l.csv --skip-rows {wrong}", "rows from 1 on") for wrong in ("0", "5-4", "a", "1-", "1,2", "")),
    ("p.csv l.csv --exclude-ids ids.txt", "p.csv has no ids"),
    ("p_ids.csv l_ids.csv --exclude-ids none.txt", "none.txt: there is no such file"),
    ("p_ids.csv l_ids.csv --exclude-ids both.csv", "which column has the ids to exclude is not certain"),
    ("p.csv l.csv --skip-rows 1 --output ids.txt --exclude-ids ids.txt", "also read or written"),
]


@pytest.mark.parametrize(("call", "said"), REFUSED)
def test_what_means_nothing_is_refused(call, said, here):
    words = call.split(" ")
    done = losscli("evaluate", *words, "--loss", "mse", cwd=here)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr


@pytest.mark.parametrize("asked", [["--shift-labels", "1"], ["--skip-rows", "1"]])
def test_rows_of_several_files_have_no_numbers_of_their_own(here, asked):
    for folder, name in (("ps", "p.csv"), ("ls", "l.csv")):
        (here / folder).mkdir()
        (here / folder / "a.csv").write_text((here / name).read_text())
        (here / folder / "b.csv").write_text((here / name).read_text())
    done = losscli("evaluate", "ps", "ls", "--loss", "mse", *asked, cwd=here)
    assert done.returncode == 2
    assert f"{asked[0]}: ps is a folder or a glob, and rows are numbered in each file of it" in done.stderr


def test_ids_are_excluded_from_several_files(here):
    for folder, columns in (
        ("ps", {"id": IDS, "prediction": PREDICTIONS}),
        ("ls", {"id": IDS, "label": LABELS}),
    ):
        (here / folder).mkdir()
        for name, rows in (("a", slice(0, 10)), ("b", slice(10, None))):
            write(here / folder / f"{name}.csv", **{key: cells[rows] for key, cells in columns.items()})
    report = evaluated("ps", "ls", exclude_ids="ids.txt")
    kept = without(3, 9, 22)
    assert [one[:5] for one in told(report)] == [one[:5] for one in by_hand(kept, kept, kept + 1)]
    for count in (2, 3):
        parts = evaluated("ps", "ls", exclude_ids="ids.txt", engine="processes", workers=count)
        assert ours_document(parts) == ours_document(report)


def ours_document(report):
    return report.to_dict()


@pytest.mark.parametrize(
    ("inputs", "asked"),
    [
        (("p.csv", "l.csv"), {"shift_labels": -2}),
        (("p.csv", "l.csv"), {"skip_rows": ["2-3", 9]}),
        (("p_ids.csv", "l_other.csv"), {"skip_rows": 5}),
        (("p_ids.csv", "l_other.csv"), {"exclude_ids": "ids.txt"}),
    ],
)
def test_engines_give_the_document_of_one_run(inputs, asked, monkeypatch):
    monkeypatch.setattr("losscli.inputs.partitions.LEAST_BYTES", 1)
    one = ours.evaluate(*inputs, loss="mse", **asked)
    several = ours.evaluate(*inputs, loss="mse", engine="processes", workers=2, **asked)
    assert ours_document(several) == ours_document(one)


def test_pipes_are_read_once(here):
    call = 'cat p_ids.csv | "$0" -m losscli evaluate - <(cat l_other.csv) -l mse --quiet "$@"'
    for asked in (["--skip-rows", "5-7"], ["--exclude-ids", "ids.txt"], ["--align", "position"]):
        more = ["--shift-labels", "2"] if asked[0] == "--align" else []
        run = subprocess.run(
            ["bash", "-c", call, sys.executable, *asked, *more], cwd=here, capture_output=True, text=True
        )
        files = losscli(
            "evaluate", "p_ids.csv", "l_other.csv", "-l", "mse", "--quiet", *asked, *more, cwd=here
        )
        assert run.stdout == files.stdout != "", run.stderr
    call = '"$0" -m losscli evaluate p_ids.csv l_ids.csv -l mse --quiet --exclude-ids <(cat ids.txt)'
    run = subprocess.run(["bash", "-c", call, sys.executable], cwd=here, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    both = ["bash", "-c", 'cat p_ids.csv | "$0" -m losscli evaluate - l_ids.csv -l mse --exclude-ids -']
    run = subprocess.run([*both, sys.executable], cwd=here, capture_output=True, text=True)
    assert run.returncode == 2
    assert "the same pipe" in run.stderr


@pytest.mark.parametrize("command", ["gradient", "fit", "recommend"])
@pytest.mark.parametrize("asked", [["--shift-labels", "2"], ["--skip-rows", "4-9"]])
def test_every_command_reads_rows_so(here, command, asked):
    if asked[0] == "--shift-labels":
        write(here / "p2.csv", prediction=PREDICTIONS[:-2])
        write(here / "l2.csv", label=LABELS[2:])
    else:
        kept = without(*range(3, 9))
        write(here / "p2.csv", prediction=PREDICTIONS[kept])
        write(here / "l2.csv", label=LABELS[kept])
    loss = [] if command == "recommend" else ["--loss", "mse"]
    more = ["--top", "0"] if command == "gradient" else []
    documents = [
        json.loads(losscli(command, *call, *loss, *more, "--format", "json", cwd=here).stdout)
        for call in (["p.csv", "l.csv", *asked], ["p2.csv", "l2.csv"])
    ]
    assert documents[0].get("rows_left_out"), documents[0]
    for document in documents:
        # Reasons name a row of the file.
        for key in ("signature", "rows_left_out", "predictions", "labels", "notes", "ruled_out"):
            document.pop(key, None)
    assert documents[0] == documents[1]


def compared(*inputs, **more):
    return ours.compare(dict(zip("abc", inputs[:-1], strict=False)), inputs[-1], loss="mse", **more)


def figures(report):
    result = report.results[0]
    return [(one.name, one.cost) for one in result.models], [
        (one.difference, one.standard_error) for one in result.comparisons
    ]


@BLOCKS
@pytest.mark.parametrize("asked", [{"shift_labels": 3}, {"shift_labels": -1}, {"skip_rows": "2-5"}])
def test_compare_by_position(here, asked, block_rows):
    other = (PREDICTIONS * 1.5).round(3)
    write(here / "q.csv", prediction=other)
    report = compared("p.csv", "q.csv", "l.csv", block_rows=block_rows, **asked)
    by = asked.get("shift_labels", 0)
    rows = np.arange(ROWS) if by else without(1, 2, 3, 4)
    kept = rows[:-by] if by > 0 else rows[-by:] if by else rows
    hand = compared(PREDICTIONS[kept], other[kept], LABELS[kept + by])
    assert figures(report) == figures(hand)
    write(here / "one.csv", p_a=PREDICTIONS, p_b=other, label=LABELS)
    models = {"a": ["p_a"], "b": ["p_b"]}
    single = ours.compare("one.csv", prediction=["p_a", "p_b"], loss="mse", block_rows=block_rows, **asked)
    assert [cost for _, cost in figures(single)[0]] == [cost for _, cost in figures(hand)[0]], models


@BLOCKS
def test_compare_by_id(here, block_rows):
    other = (PREDICTIONS * 1.5).round(3)
    write(here / "q.csv", id=[*IDS[ORDER], "s99"], prediction=[*other[ORDER], 0.0])
    (here / "ids.txt").write_text("s99\ns4\ns11\n")
    report = compared("p_ids.csv", "q.csv", "l_other.csv", block_rows=block_rows, exclude_ids="ids.txt")
    kept = without(4, 11)
    hand = compared(PREDICTIONS[kept], other[kept], LABELS[kept])
    assert figures(report) == figures(hand)
    assert report.rows_left_out == {"exclude-ids": {"predictions": 2, "labels": 2}}
    assert not [note for note in report.notes if "no input" in note]
    more = compared("p_ids.csv", "q.csv", "l_other.csv", exclude_ids="ids.txt", unmatched="drop")
    assert set(more.unmatched.values()) == {0}
    with pytest.raises(LosscliError, match="each has an order of its own"):
        compared("p_ids.csv", "q.csv", "l_other.csv", skip_rows=1, unmatched="drop")


@pytest.mark.parametrize(
    "call",
    [
        "evaluate p.csv l.csv -l mse --shift-labels 2",
        "evaluate both.csv -l mse --shift-labels -2 --skip-rows 3-5 --skip-rows 9",
        "evaluate p_ids.csv l_other.csv -l mse --skip-rows 3 --exclude-ids ids.txt",
        "evaluate p_ids.csv l.csv -l mse --exclude-ids ids.txt",
        "compare p_ids.csv q.csv --labels l_other.csv -l mse --exclude-ids ids.txt",
        "compare p_ids.csv q.csv --labels l_other.csv -l mse --shift-labels 1 --align position",
    ],
)
def test_receipts_are_replayed(here, call):
    write(here / "q.csv", id=IDS, prediction=PREDICTIONS * 2)
    done = losscli(*call.split(), "--receipt", "r.json", cwd=here)
    assert done.returncode == 0, done.stderr
    done = losscli("replay", "r.json", cwd=here)
    assert done.returncode == 0, done.stdout + done.stderr
    if "exclude" in call:
        (here / "ids.txt").write_text("s1\n")
        done = losscli("replay", "r.json", cwd=here)
        assert done.returncode == 1, done.stdout + done.stderr
        assert "ids.txt" in done.stdout
        (here / "ids.txt").unlink()
        done = losscli("replay", "r.json", cwd=here)
        assert done.returncode == 2
        assert "ids.txt: the ids to exclude of the receipt were not found" in done.stderr


def test_states_of_excluded_ids_merge(here):
    for name, rows in (("a", slice(0, 10)), ("b", slice(10, None))):
        write(here / f"p_{name}.csv", id=IDS[rows], prediction=PREDICTIONS[rows])
        write(here / f"l_{name}.csv", id=IDS[rows], label=LABELS[rows])
        ours.evaluate(
            f"p_{name}.csv", f"l_{name}.csv", loss="mse", exclude_ids="ids.txt", state=f"{name}.state"
        )
    report = ours.merge(["a.state", "b.state"])
    whole = ours.evaluate("p_ids.csv", "l_ids.csv", loss="mse", exclude_ids="ids.txt")
    assert report.results[0].cost == whole.results[0].cost
    assert (report.signature, report.rows_left_out) == (whole.signature, whole.rows_left_out)
    assert "left out: 3 rows (exclude_ids)" in report.notes


@pytest.mark.parametrize("asked", [{"shift_labels": 1}, {"skip_rows": "2-3"}])
def test_states_that_count_rows_stand_alone(here, asked):
    write(here / "p2.csv", prediction=PREDICTIONS * 2)
    write(here / "l2.csv", label=LABELS * 2)
    whole = ours.evaluate("p.csv", "l.csv", loss="mse", state="a.state", **asked)
    ours.evaluate("p2.csv", "l2.csv", loss="mse", state="b.state", **asked)
    alone = ours.merge(["a.state"])
    assert (alone.signature, alone.rows_left_out) == (whole.signature, whole.rows_left_out)
    assert [*map(str, alone.notes)] == [*map(str, whole.notes)]
    with pytest.raises(LosscliError, match="rows were counted in one file of each"):
        ours.merge(["a.state", "b.state"])


def test_gates_on_a_baseline_of_other_rows_say_so(here):
    losscli("evaluate", "p.csv", "l.csv", "-l", "mse", "--format", "json", "--output", "base.json", cwd=here)
    done = losscli(
        *("evaluate", "p.csv", "l.csv", "-l", "mse", "--skip-rows", "1-2"),
        *("--gate", "mse <= baseline", "--baseline", "base.json"),
        cwd=here,
    )
    assert "--skip-rows" in done.stdout + done.stderr


def test_configs_and_variables_say_it_too(here):
    (here / "sub").mkdir()
    (here / "sub/ids.txt").write_text("s3\n")
    for name in ("p_ids.csv", "l_ids.csv"):
        (here / "sub" / name).write_text((here / name).read_text())
    (here / "sub/losscli.toml").write_text(
        '[[check]]\npredictions = "p_ids.csv"\nlabels = "l_ids.csv"\nloss = "mse"\n'
        'exclude-ids = "ids.txt"\nskip-rows = ["1-2", 5]\noutput = "out.json"\nformat = "json"\n'
    )
    done = losscli("check", "sub/losscli.toml", cwd=here)
    assert done.returncode == 0, done.stderr
    document = json.loads((here / "sub/out.json").read_text())
    want = ours.evaluate("p_ids.csv", "l_ids.csv", loss="mse", skip_rows=[1, 2, 5, 4])
    assert document["results"][0]["cost"] == want.results[0].cost
    assert document["rows_left_out"]["exclude-ids"] == {"predictions": 1, "labels": 1}
    assert document["excluded"]["rows"] == 1
    env = {"LOSSCLI_SHIFT_LABELS": "-1", "LOSSCLI_SKIP_ROWS": "2-3\n5"}
    call = ["evaluate", "p.csv", "l.csv", "-l", "mse", "--quiet"]
    said = losscli(*call, "--shift-labels", "-1", "--skip-rows", "2-3", "--skip-rows", "5", cwd=here)
    assert losscli(*call, cwd=here, **env).stdout == said.stdout != ""


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"shift_labels": 0}, "shift_labels: 0"),
        ({"shift_labels": 1.5}, "shift_labels: 1.5"),
        ({"shift_labels": True}, "shift_labels: True"),
        ({"skip_rows": [0]}, "skip_rows: 0"),
        ({"skip_rows": "7-5"}, "skip_rows: '7-5'"),
        ({"skip_rows": {1}}, "skip_rows: a set"),
        ({"exclude_ids": ["s1"]}, "exclude_ids: a list"),
    ],
)
def test_wrong_arguments_are_refused(asked, said):
    with pytest.raises(LosscliError) as caught:
        ours.evaluate("p.csv", "l.csv", loss="mse", **asked)
    assert said in str(caught.value)


@pytest.mark.parametrize("labels", ["l_ids.csv", "l_other.csv", "l.csv"])
@pytest.mark.parametrize("asked", [{"skip_rows": ["2-4", 9]}, {"exclude_ids": "ids.txt"}])
def test_models_of_one_input_lose_the_same_rows(here, labels, asked):
    other = (PREDICTIONS * 1.5).round(3)
    write(here / "two.csv", id=IDS, p_a=PREDICTIONS, p_b=other)
    report = ours.compare("two.csv", labels, prediction=["p_a", "p_b"], loss="mse", **asked)
    kept = without(1, 2, 3, 8) if "skip_rows" in asked else without(3, 9, 22)
    hand = compared(PREDICTIONS[kept], other[kept], LABELS[kept])
    assert [cost for _, cost in figures(report)[0]] == [cost for _, cost in figures(hand)[0]]
    assert {*report.rows_left_out} == {"skip-rows" if "skip_rows" in asked else "exclude-ids"}


def test_checks_of_the_same_files_lose_rows_of_their_own(here):
    check = '[[check]]\npredictions = "p_ids.csv"\nlabels = "l_other.csv"\nloss = "mse"\nformat = "json"\n'
    asked = ["skip-rows = 3", 'exclude-ids = "ids.txt"', "", 'align = "position"\nshift-labels = 1']
    checks = (f'{check}output = "{at}.json"\n{one}\n' for at, one in enumerate(asked))
    (here / "losscli.toml").write_text("".join(checks))
    assert losscli("check", cwd=here).returncode == 0
    wanted = ({"skip_rows": 3}, {"exclude_ids": "ids.txt"}, {}, {"align": "position", "shift_labels": 1})
    for at, more in enumerate(wanted):
        document = json.loads((here / f"{at}.json").read_text())
        report = ours.evaluate("p_ids.csv", "l_other.csv", loss="mse", **more)
        assert document["results"][0]["cost"] == report.results[0].cost
        assert document.get("rows_left_out", {}) == report.rows_left_out


def test_another_models_predictions_lose_the_same_rows(here):
    write(here / "q.csv", prediction=(PREDICTIONS * 1.5).round(3))
    call = ["evaluate", "p.csv", "l.csv", "-l", "mse", "--baseline-predictions", "q.csv", "--top", "0"]
    gate = ["--gate", "mse <= baseline", "--confidence", "0.9", "--format", "json", "--exit-zero"]
    for asked, rows in (
        (["--shift-labels", "1"], np.arange(ROWS - 1)),
        (["--skip-rows", "1-3"], without(0, 1, 2)),
    ):
        done = losscli(*call, *gate, *asked, cwd=here)
        by = int(asked[0] == "--shift-labels")
        write(here / "p2.csv", prediction=PREDICTIONS[rows])
        write(here / "q2.csv", prediction=(PREDICTIONS * 1.5).round(3)[rows])
        write(here / "l2.csv", label=LABELS[rows + by])
        hand = losscli(
            *[{"p.csv": "p2.csv", "l.csv": "l2.csv", "q.csv": "q2.csv"}.get(one, one) for one in call],
            *gate,
            cwd=here,
        )
        one, other = (json.loads(run.stdout)["gates"][0] for run in (done, hand))
        assert one == other


def test_whoever_reads_python_is_told_arguments():
    with pytest.raises(LosscliError) as caught:
        ours.evaluate("p.csv", "l.csv", loss="mse", skip_rows="20-24")
    assert "no row 24 to leave out (skip_rows)" in str(caught.value)
    report = ours.evaluate("p.csv", "l.csv", loss="mse", shift_labels=-1)
    assert report.notes[0].endswith("(shift_labels=-1)")
