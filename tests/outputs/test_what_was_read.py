"""Every report says which columns it read, and how rows were paired, and why."""

import json

import pytest
from helpers.calls import losscli

import losscli as package
from losscli.outputs.formats import load

FILES = {
    "ids.csv": "id,prediction\na,1\nb,2\n",
    "labels_with_ids.csv": "id,label\nb,2\na,2\n",
    "named_index.csv": ",pred\na,1\nb,2\n",
    "named_label_index.csv": ",y\na,1\nb,3\n",
    "plain.csv": "Pred\n1\n2\n",
    "ages.csv": "age\n1\n3\n",
    "keyed.csv": "customer,pred\na,1\nb,2\n",
    "keyed_labels.csv": "customer,age,label\na,9,1\nb,9,3\n",
    "both.csv": "prediction,label,w,site\n1,1,1,x\n2,3,2,y\n",
    "numbers.csv": "1\n2\n",
    "classes.csv": "id,prob_a,prob_b,prob_c,prob_d,prob_e\nx,0.6,0.1,0.1,0.1,0.1\ny,0.1,0.6,0.1,0.1,0.1\n",
    "shares.csv": "0.5,0.25,0.25\n0.25,0.25,0.5\n",
    "names.csv": "0\n2\n",
    "class_labels.csv": "id,label\nx,a\ny,b\n",
    "label_ids.csv": "Key,label\na,2\nb,2\n",
    "prediction_ids.csv": "Key,pred\na,1\nb,2\n",
}
CASES = {
    "by id": (
        ["ids.csv", "labels_with_ids.csv", "--loss", "mse"],
        {"prediction": ["prediction"], "label": ["label"], "id": "id"},
        {},
        ["column prediction", "column label", "2 samples, paired by id"],
    ),
    "an index without a name": (
        ["named_index.csv", "named_label_index.csv", "--loss", "mse"],
        {"prediction": ["pred"], "label": ["y"], "id": ""},
        {},
        ["column pred", "column y", "2 samples, paired by id (column without a name)"],
    ),
    "ids by option": (
        ["prediction_ids.csv", "label_ids.csv", "--loss", "mse", "--id", "key"],
        {"prediction": ["pred"], "label": ["label"], "id": "Key"},
        {},
        ["column pred", "column label", "2 samples, paired by id (column Key)"],
    ),
    "the only one left": (
        ["plain.csv", "ages.csv", "--loss", "mse"],
        {"prediction": ["Pred"], "label": ["age"]},
        {"label": "only one left"},
        ["column Pred", "column age (the only one left)", "2 samples, paired by position; neither has an id"],
    ),
    "named by an option": (
        ["plain.csv", "ages.csv", "--loss", "mse", "--label", "AGE"],
        {"prediction": ["Pred"], "label": ["age"]},
        {},
        ["column Pred", "column age", "2 samples, paired by position; neither has an id"],
    ),
    "only the labels have an id": (
        ["plain.csv", "labels_with_ids.csv", "--loss", "mse"],
        {"prediction": ["Pred"], "label": ["label"]},
        {},
        ["column Pred", "column label", "2 samples, paired by position; the predictions have no id"],
    ),
    "only the predictions have an id": (
        ["ids.csv", "ages.csv", "--loss", "mse"],
        {"prediction": ["prediction"], "label": ["age"], "id": "id"},
        {"label": "only one left"},
        [
            "column prediction",
            "column age (the only one left)",
            "2 samples, paired by position; the labels have no id",
        ],
    ),
    "position by option": (
        ["ids.csv", "labels_with_ids.csv", "--loss", "mse", "--align", "position"],
        {"prediction": ["prediction"], "label": ["label"], "id": "id"},
        {},
        ["column prediction", "column label", "2 samples, paired by position; as asked for"],
    ),
    "a key that agrees": (
        ["keyed.csv", "keyed_labels.csv", "--loss", "mse"],
        {"prediction": ["pred"], "label": ["label"]},
        {},
        ["column pred", "column label", "2 samples, paired by position; customer agrees in every row"],
    ),
    "one file with weights and groups": (
        ["both.csv", "--loss", "mse", "--weight", "w", "--group", "site"],
        {"prediction": ["prediction"], "label": ["label"], "weight": "w", "group": ["site"]},
        {},
        ["column prediction against column label", "2 samples"],
    ),
    "no header": (
        ["numbers.csv", "numbers.csv", "--loss", "mse"],
        {"prediction": ["0"], "label": ["0"]},
        {"prediction": "only one left", "label": "only one left"},
        ["column 0 (the only one left) against column 0 (the only one left)", "2 samples"],
    ),
    "many classes without a header": (
        ["shares.csv", "names.csv", "--loss", "cross_entropy"],
        {"prediction": ["0", "1", "2"], "label": ["0"]},
        {"prediction": "all that are left", "label": "only one left"},
        [
            "columns 0, 1, 2 (all that are left)",
            "column 0 (the only one left)",
            "2 samples, paired by position; neither has an id",
        ],
    ),
    "many classes": (
        ["classes.csv", "class_labels.csv", "--loss", "cross_entropy"],
        {"prediction": [f"prob_{name}" for name in "abcde"], "label": ["label"], "id": "id"},
        {},
        ["columns prob_a, prob_b, prob_c, prob_d and 1 more", "column label", "2 samples, paired by id"],
    ),
}


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("command", ["evaluate", "gradient", "fit", "recommend"])
def test_columns_are_in_the_document_and_on_the_page(case, command, folder):
    arguments, columns, found, said = CASES[case]
    if command == "recommend":
        spec = arguments.index("--loss")
        arguments = arguments[:spec] + arguments[spec + 2 :]
        if "--group" in arguments:
            arguments = arguments[: arguments.index("--group")]
            columns = {role: names for role, names in columns.items() if role != "group"}
    model = ["--model", "temperature"] if command == "fit" and "classes" in case else []
    done = losscli(command, *arguments, *model, "--format", "json", cwd=folder)
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert document["columns"] == columns
    assert document.get("found", {}) == found
    assert ("found" in document) == bool(found)
    page = losscli(command, *arguments, *model, cwd=folder).stdout.split("\n")
    if command in ("evaluate", "recommend"):
        # There the last line of what was read says it.
        pairing = said[-1].removeprefix("2 samples")
        said = [*said[:-2], said[-2] + pairing]
    lines = page[: len(said)]
    for line, words in zip(lines, said, strict=True):
        assert line.endswith(words) or (line == words)
    assert " by " not in "".join(lines) or "paired by" in said[-1]
    markdown = losscli(command, *arguments, *model, "--format", "markdown", cwd=folder).stdout
    for names in (columns["prediction"][:4], columns["label"]):
        assert ", ".join(f"`{name}`" for name in names) in markdown


def test_a_line_of_its_own_says_it_too(folder):
    done = losscli("evaluate", "plain.csv", "ages.csv", "--loss", "mse", "--format", "jsonl", cwd=folder)
    (line,) = map(json.loads, done.stdout.splitlines())
    assert (line["columns"], line["found"]) == (
        {"prediction": ["Pred"], "label": ["age"]},
        {"label": "only one left"},
    )


def test_reports_of_checks_say_it(folder):
    (folder / "losscli.toml").write_text(
        '[[check]]\nname = "a"\npredictions = "plain.csv"\nlabels = "ages.csv"\nloss = "mse"\n'
    )
    arguments = ["--report", "json=out.json", "--report", "markdown=out.md"]
    done = losscli("check", *arguments, "--format", "json", cwd=folder)
    assert done.returncode == 0, done.stderr
    for text in (done.stdout, (folder / "out.json").read_text()):
        (check,) = json.loads(text)["checks"]
        assert (check["columns"]["label"], check["found"]) == (["age"], {"label": "only one left"})
    assert (
        "Predictions `plain.csv`, column `Pred`, against `ages.csv`, column `age` (the only one left): "
        "2 samples, paired by position; neither has an id."
    ) in (folder / "out.md").read_text()


def test_python_says_it(folder):
    report = package.evaluate("plain.csv", "ages.csv", loss="mse")
    assert (report.columns["label"], report.found) == (("age",), {"label": "only one left"})


def test_documents_with_and_without_columns_are_baselines(folder):
    report = package.evaluate("plain.csv", "ages.csv", loss="mse")
    new = json.loads(load("json").render(report))
    old = {key: value for key, value in new.items() if key not in ("columns", "found")}
    for document in (new, old):
        gated = package.evaluate(
            "plain.csv", "ages.csv", loss="mse", gate="mse <= baseline", baseline=document
        )
        assert gated.verdict == "pass"
        assert gated.notes == report.notes
