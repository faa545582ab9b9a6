"""Ids that only one input has: refused, or left out and counted, whatever the order and the blocks."""

import json
from collections import Counter

import pandas as pd
import pytest
from helpers.calls import losscli
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import losscli as package
from losscli.analyses.signature import parts
from losscli.common.errors import LosscliError
from losscli.outputs.formats import load

IDS = [*"abcdefgh", "10", "9", "abcdefghi", "a b", "é"]


def table(name, rows):
    return f"id,{name}\n" + "".join(f"{id_},{value}\n" for id_, value in rows)


@st.composite
def two_inputs(draw):
    """Draw rows of predictions and labels: ids that overlap, often in one order, sometimes twice."""
    unique = draw(st.booleans())
    sides = [draw(st.lists(st.sampled_from(IDS), max_size=9, unique=unique)) for _ in range(2)]
    if draw(st.booleans()):
        sides = [sorted(side, key=lambda id_: (len(id_), id_)) for side in sides]
    both = set(sides[0]) & set(sides[1])
    odd = st.sampled_from(["", "x", "inf", "-3", "1e999"])
    return [[(id_, draw(st.integers(0, 9)) if id_ in both else draw(odd)) for id_ in side] for side in sides]


def expected(predictions, labels):
    """Join by brute force: what `drop` gives, or the words of its refusal."""
    if not (predictions and labels):
        return "no data rows"
    for side in (predictions, labels):
        if max(Counter(id_ for id_, _ in side).values()) > 1:
            return "more than once"
    known = dict(labels)
    rows = [
        (row, id_, float(known[id_]), float(value))
        for row, (id_, value) in enumerate(predictions, 1)
        if id_ in known
    ]
    if not rows:
        return "no id in common"
    return rows, {"predictions": len(predictions) - len(rows), "labels": len(labels) - len(rows)}


@settings(deadline=None, max_examples=200, suppress_health_check=list(HealthCheck))
@given(two_inputs(), st.sampled_from([1, 2, 3, 5]))
@example([[("a", 1), ("b", 2)], [("a", 1), ("c", "x")]], 1)
@example([[("b", "x"), ("a", 1)], [("a", 1)]], 1)
@example([[("a", 1)], [("a", 1), ("b", "x"), ("b", "y")]], 1)
@example([[("a", 1)], [("a", 1), ("b", "x"), ("a", 2)]], 2)
def test_it_is_the_join_by_brute_force(tmp_path_factory, inputs, block_rows):
    folder = tmp_path_factory.getbasetemp()
    paths = folder / "p.csv", folder / "l.csv"
    for path, name, rows in zip(paths, ("prediction", "label"), inputs, strict=True):
        path.write_text(table(name, rows))
    wanted = expected(*inputs)
    for rows in (block_rows, 262_144):
        call = {"loss": "mae", "top": None, "block_rows": rows}
        if isinstance(wanted, str):
            with pytest.raises(LosscliError, match=wanted):
                package.evaluate(*paths, unmatched="drop", **call)
            continue
        samples, counts = wanted
        report = package.evaluate(*paths, unmatched="drop", **call)
        (result,) = report.results
        found = sorted((one.row, one.id, one.label, one.prediction) for one in result.worst)
        assert (found, report.unmatched, result.dropped) == (samples, counts, 0)
        assert result.sum == sum(abs(label - prediction) for *_, label, prediction in samples)
        assert (parts(report.signature).unmatched, report.alignment) == ("drop", "id")
        if any(counts.values()):
            kept = f"To keep the {len(samples)} that both have.*unmatched=.drop"
            with pytest.raises(LosscliError, match=rf"only in .*the same ids in both\. .*{kept}"):
                package.evaluate(*paths, **call)
        else:
            assert package.evaluate(*paths, **call).results[0].sum == result.sum


def test_many_rows_in_any_order_and_blocks(tmp_path):
    paths = tmp_path / "p.csv", tmp_path / "l.csv"
    numbers = range(20_000)
    apart = [(one * 7919) % 20_000 for one in numbers]
    for ours, theirs in ((numbers, numbers), (numbers, apart), (apart, numbers)):
        paths[0].write_text(table("prediction", [(f"s{one}", one) for one in ours if one % 5]))
        paths[1].write_text(table("label", [(f"s{one}", one + 1) for one in theirs if one % 7]))
        for block_rows in (999, 262_144):
            report = package.evaluate(*paths, loss="mae", unmatched="drop", block_rows=block_rows, top=0)
            (result,) = report.results
            kept = sum(1 for one in numbers if one % 5 and one % 7)
            assert (result.n, result.cost) == (kept, 1.0)
            left_out = {side: sum(1 for one in numbers if one % own) - kept for side, own in OWN.items()}
            assert report.unmatched == left_out
    # A label that was paired long ago and comes again, behind one that has no prediction.
    rows = [(f"s{one}", one) for one in numbers]
    paths[0].write_text(table("prediction", rows))
    paths[1].write_text(table("label", [*rows, ("other", 1), ("s3", 2)]))
    with pytest.raises(LosscliError, match=r"l\.csv: 1 id \('s3'\) appears more than once"):
        package.evaluate(*paths, loss="mae", unmatched="drop", block_rows=1000)


OWN = {"predictions": 5, "labels": 7}
PREDICTIONS = "id,prediction,site\nb,2,x\nz,oops,y\na,1,x\nd,4,y\n"
LABELS = "id,label,w\na,2,1\nd,6,3\ne,bad,none\nf,9,1\nb,3,2\n"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "p.csv").write_text(PREDICTIONS)
    (tmp_path / "l.csv").write_text(LABELS)
    (tmp_path / "plain.csv").write_text("label\n1\n2\n3\n4\n")
    return tmp_path


DROP = ("p.csv", "l.csv", "--unmatched", "drop")


@pytest.mark.parametrize("command", ["evaluate", "gradient", "fit", "recommend"])
def test_every_command_counts_them_in_its_document_page_and_signature(folder, command):
    loss = () if command == "recommend" else ("--loss", "mse")
    found = json.loads(losscli(command, *DROP, *loss, "--format", "json", cwd=folder).stdout)
    assert found["unmatched"] == {"predictions": 1, "labels": 2}
    assert "|align:id|unmatched:drop|bad:" in found["signature"]
    assert str(parts(found["signature"])) == found["signature"]
    said = "paired by id; left out: 1 only in the predictions, 2 only in the labels"
    for format_ in ("table", "markdown"):
        assert said in losscli(command, *DROP, *loss, "--format", format_, cwd=folder).stdout
    refused = losscli(command, *DROP[:2], *loss, cwd=folder)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "1 id ('z') only in p.csv; 2 ids ('e', 'f') only in l.csv" in refused.stderr
    assert (
        "To keep the 3 that both have, and leave out and count the rest: --unmatched drop" in refused.stderr
    )
    plain = losscli(
        command, "p.csv", "p.csv", "--label", "prediction", *loss, "--bad-rows", "drop", cwd=folder
    )
    assert "left out:" not in plain.stdout


def test_weights_groups_and_samples_are_those_of_the_rows_that_pair(folder):
    arguments = ("--loss", "mae", "--weight", "w", "--group", "site", "--per-sample", "s.csv")
    found = json.loads(losscli("evaluate", *DROP, *arguments, "--format", "json", cwd=folder).stdout)
    (result,) = found["results"]
    assert (result["n"], result["weight_sum"], result["sum"]) == (3, 6.0, 2 * 1 + 1 * 1 + 3 * 2)
    assert [(group["group"], group["n"]) for group in result["groups"]] == [("x", 2), ("y", 1)]
    rows = (folder / "s.csv").read_text().splitlines()
    assert [row.split(",")[:4] for row in rows[1:]] == [
        ["1", "b", "3.0", "2.0"],
        ["3", "a", "2.0", "1.0"],
        ["4", "d", "6.0", "4.0"],
    ]


def test_saved_predictions_keep_every_row_and_correct_those_without_a_label_too(folder):
    (folder / "p.csv").write_text(PREDICTIONS.replace("oops", "100"))
    done = losscli(
        *("fit", *DROP, "--loss", "mse", "--model", "scale", "--folds", "0", "--epochs", "400"),
        *("--save-predictions", "s.csv", "--format", "json"),
        cwd=folder,
    )
    scale = json.loads(done.stdout)["runs"][0]["parameters"]["scale"]
    saved = pd.read_csv(folder / "s.csv")
    assert saved["id"].tolist() == ["b", "z", "a", "d"]
    assert saved["prediction"].tolist() == pytest.approx([scale * one for one in (2, 100, 1, 4)], rel=1e-12)


@pytest.mark.parametrize("block_rows", [1, 2, 262_144])
def test_the_text_of_rows_that_are_left_out_does_not_matter_and_their_ids_do(folder, block_rows):
    paths = folder / "p.csv", folder / "l.csv"
    call = {"loss": "mae", "unmatched": "drop", "weight": "w", "block_rows": block_rows}
    assert package.evaluate(*paths, **call).results[0].n == 3
    paths[1].write_text(LABELS.replace("a,2", "a,two"))
    with pytest.raises(LosscliError, match=r"l\.csv row 1 \(line 2\): label is two"):
        package.evaluate(*paths, **call)
    report = package.evaluate(*paths, bad_rows="drop", **call)
    assert (report.results[0].n, report.results[0].dropped) == (2, 1)
    assert report.unmatched == {"predictions": 1, "labels": 2}
    paths[1].write_text(LABELS + ",1,1\n")
    with pytest.raises(LosscliError, match=r"l\.csv row 6 \(line 7\): the id is empty"):
        package.evaluate(*paths, **call)
    paths[1].write_text(LABELS + "e,1,1\n")
    with pytest.raises(LosscliError, match=r"l\.csv: 1 id \('e'\) appears more than once"):
        package.evaluate(*paths, **call)
    paths[0].write_text(PREDICTIONS + "z,1,x\n")
    with pytest.raises(LosscliError, match=r"p\.csv: 1 id \('z'\) appears more than once"):
        package.evaluate(*paths, **call)


def test_where_nothing_is_left_it_says_what_was(folder):
    paths = folder / "p.csv", folder / "l.csv"
    paths[0].write_text("id,prediction\nz,1\na,x\n")
    with pytest.raises(LosscliError, match=r"no row is left for mae: 1 read, 1 dropped or ignored"):
        package.evaluate(*paths, loss="mae", unmatched="drop", bad_rows="drop")
    paths[0].write_text("id,prediction\nz,1\n")
    for unmatched in ("error", "drop"):
        with pytest.raises(
            LosscliError, match=r"the files have no id in common: .*Choose other id columns: id="
        ) as error:
            package.evaluate(*paths, loss="mae", unmatched=unmatched)
        assert "position" not in str(error.value)
        assert "unmatched=" not in str(error.value)


def test_without_ids_nothing_says_which_rows_have_no_partner(folder):
    done = losscli("evaluate", "p.csv", "plain.csv", "--loss", "mse", "--unmatched", "drop", cwd=folder)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "losscli: --unmatched: rows are paired by position; the labels have no id; needed: ids in "
        "both inputs. Name the ids: --id COLUMN\n"
    )
    done = losscli("evaluate", *DROP, "--loss", "mse", "--align", "position", cwd=folder)
    assert "--unmatched: rows are paired by position; as asked for" in done.stderr
    assert done.stderr.endswith("Leave out --align position.\n")


@pytest.mark.parametrize("command", ["evaluate", "gradient", "fit", "recommend"])
def test_in_one_file_every_prediction_has_its_label(folder, command):
    (folder / "both.csv").write_text("id,prediction,label\n1,1,2\n")
    loss = () if command == "recommend" else ("--loss", "mse")
    done = losscli(command, "both.csv", *loss, "--unmatched", "drop", cwd=folder)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "losscli: --unmatched: there is one input, and every row of it is a sample; needed: ids in both "
        "inputs. Leave it out.\n"
    )
    with pytest.raises(LosscliError, match="unmatched: there is one input"):
        package.evaluate(pd.read_csv(folder / "both.csv"), loss="mse", unmatched="drop")


def test_a_check_and_the_environment_have_it(folder):
    check = '[[check]]\nname = "a"\npredictions = "p.csv"\nlabels = "l.csv"\nloss = "mae"\ntop = 0\n'
    for more, environ, status in (
        ('unmatched = "drop"\n', {}, 0),
        ("", {"LOSSCLI_UNMATCHED": "drop"}, 0),
        ("", {}, 2),
        ('unmatched = "dorp"\n', {}, 2),
    ):
        (folder / "losscli.toml").write_text(check + more)
        done = losscli("check", "--format", "json", cwd=folder, **environ)
        assert done.returncode == status
        if not status:
            (one,) = json.loads(done.stdout)["checks"]
            assert one["unmatched"] == {"predictions": 1, "labels": 2}
    done = losscli(
        "evaluate", "p.csv", "l.csv", "--loss", "mae", "--quiet", cwd=folder, LOSSCLI_UNMATCHED="drop"
    )
    assert done.stdout == "1.3333333333333333\n"
    # Of the same files, read together, each check has its own.
    strict = check.replace('"a"', '"b"')
    (folder / "losscli.toml").write_text(check + 'unmatched = "drop"\n' + strict)
    done = losscli("check", "--format", "json", cwd=folder)
    verdicts = [one["verdict"] for one in json.loads(done.stdout)["checks"]]
    assert (done.returncode, verdicts) == (2, ["pass", "error"])


def test_python_has_it_for_every_function_and_for_indexes(folder):
    paths = folder / "p.csv", folder / "l.csv"
    assert package.gradient(*paths, loss="mse", unmatched="drop").unmatched["labels"] == 2
    assert package.recommend(*paths, unmatched="drop").unmatched["predictions"] == 1
    assert package.fit(*paths, loss="mse", unmatched="drop").n == 3
    with pytest.raises(LosscliError, match=r"unmatched: 'dropp'; needed: one of error, drop"):
        package.evaluate(*paths, loss="mse", unmatched="dropp")
    ours = pd.Series([1.0, 2.0, 5.0], index=["a", "b", "c"])
    for theirs in (
        pd.Series([5.0, 7.0, 2.0], index=["c", "x", "a"]),
        pd.DataFrame({"label": [5.0, 7.0, 2.0]}, index=["c", "x", "a"]),
    ):
        report = package.evaluate(ours, theirs, loss="mae", unmatched="drop")
        assert [(one.row, one.id) for one in report.results[0].worst] == [(1, "a"), (3, "c")]
        assert (report.results[0].sum, report.unmatched) == (1.0, {"predictions": 1, "labels": 1})
        with pytest.raises(LosscliError, match='unmatched="drop"'):
            package.evaluate(ours, theirs, loss="mae")
    report = package.evaluate(ours, ours.iloc[[2, 0, 1]], loss="mae", unmatched="drop")
    assert (report.results[0].sum, report.unmatched) == (0.0, {"predictions": 0, "labels": 0})


def test_a_receipt_carries_it_and_replays(folder):
    made = ("evaluate", *DROP, "--loss", "mse", "--gate", "mse <= 9", "--receipt", "r.json", "--quiet")
    assert losscli(*made, cwd=folder).returncode == 0
    receipt = json.loads((folder / "r.json").read_text())
    assert receipt["call"]["unmatched"] == "drop"
    assert receipt["unmatched"] == {"predictions": 1, "labels": 2}
    assert losscli("replay", "r.json", cwd=folder).returncode == 0
    receipt["unmatched"]["labels"] = 1
    (folder / "r.json").write_text(json.dumps(receipt))
    done = losscli("replay", "r.json", cwd=folder)
    assert done.returncode == 1
    assert "unmatched rows of the labels" in done.stdout
    (folder / "l.csv").write_text("id,label\nb,1\nz,1\na,1\nd,1\n")
    (folder / "p.csv").write_text(PREDICTIONS.replace("oops", "1"))
    assert losscli("evaluate", *DROP[:2], "--loss", "mse", "--receipt", "r.json", cwd=folder).returncode == 0
    receipt = json.loads((folder / "r.json").read_text())
    assert "unmatched" not in receipt | receipt["call"]


def test_a_baseline_with_other_counts_compares_and_another_treatment_is_a_note(folder):
    paths = folder / "p.csv", folder / "l.csv"
    first = package.evaluate(*paths, loss="mae", unmatched="drop")
    paths[1].write_text(LABELS.replace("f,9,1\n", ""))
    call = {"loss": "mae", "gate": "mae <= baseline", "baseline": json.loads(load("json").render(first))}
    second = package.evaluate(*paths, unmatched="drop", **call)
    assert (second.verdict, second.notes, second.signature) == ("pass", (), first.signature)
    paths[0].write_text(PREDICTIONS.replace("z,oops,y\n", ""))
    paths[1].write_text(LABELS.replace("f,9,1\n", "").replace("e,bad,none\n", ""))
    strict = package.evaluate(*paths, **call)
    assert strict.notes == ("baseline: unmatched is drop there, error here",)
    assert strict.signature == first.signature.replace("|unmatched:drop", "")


@pytest.mark.parametrize(
    ("ours", "theirs", "told"),
    [
        ("007", "7", "'007' and '7' are the same number but different ids"),
        ("AB", "ab", "'AB' and 'ab' differ only in case"),
        ("x", "y", None),
    ],
)
def test_ids_that_were_left_out_and_look_alike_are_noted(tmp_path, ours, theirs, told):
    (tmp_path / "p.csv").write_text(f"id,prediction\n{ours},1\nb,2\n")
    (tmp_path / "l.csv").write_text(f"id,label\nb,3\n{theirs},1\n")
    options = ("p.csv", "l.csv", "--loss", "mse", "--unmatched", "drop", "--gate", "mse<=9", "--quiet")
    done = losscli("evaluate", *options, cwd=tmp_path)
    assert done.returncode == 0
    assert ("note: of the ids that were left out" in done.stderr) == (told is not None)
    assert (told or "") in done.stderr
