"""Whole outputs on the sample data against files: what a user sees is what was reviewed.

`LOSSCLI_UPDATE_GOLDEN=1 pytest -n 0 tests/cli/test_recorded.py` writes the files anew; review them with
`git diff`. Figures of losses with logarithms are compared to 12 significant digits (`figures`).
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest
from helpers import calls
from helpers.documents import ROOT, UPDATE, sandbox
from helpers.figures import comparable

RECORDED = ROOT / "tests/recorded/program"

PROBLEMS = {
    "regression": "diabetes_linear.csv diabetes_labels.csv --loss mse --loss rmse --loss mae --group sex"
    " --gate 'rmse <= 60' --gate 'mae.p95[sex_2] < 90'",
    "shuffled": "diabetes_forest.csv diabetes_labels.csv --loss mse --fail-above 5000",
    "one_file": "diabetes_semicolon.csv --decimal , --loss mae --reduction sum",
    "weighted": "weighted.csv --loss mse --weight weight --ignore-label 151",
    "binary": "cancer_logistic.csv cancer_labels.csv --loss binary_cross_entropy",
    "logits": "cancer_logits.csv cancer_labels.csv --loss binary_cross_entropy:from_logits=true",
    "clipped": "cancer_tree.csv cancer_labels.csv --loss binary_cross_entropy",
    "margin": "cancer_scores.csv cancer_signs.csv --loss hinge --loss squared_hinge:margin=2",
    "mapped": "cancer_scores.csv cancer_labels.csv --loss hinge --map-labels 0=-1,1=1",
    "classes": "wine_bayes.csv wine_labels.csv --loss cross_entropy --loss perplexity",
    "class_logits": "wine_logits.csv wine_labels.csv --loss cross_entropy:from_logits=true",
}
GRADIENTS = {
    "gradient_cost": "diabetes_linear.csv diabetes_labels.csv --loss mse --loss rmse --of cost --group sex",
    "gradient_weighted": "weighted.csv --loss mae --of cost --weight weight --ignore-label 151",
    "gradient_classes": "wine_logits.csv wine_labels.csv --loss cross_entropy:from_logits=true",
}
COMPARISONS = {
    "compare": "diabetes_forest.csv diabetes_linear.csv diabetes_labels.csv --loss mse",
    "compare_several": "forest=diabetes_forest.csv linear=diabetes_linear.csv again=diabetes.csv"
    " --labels diabetes_labels.csv --loss mse --loss rmse --group sex --margin 5%",
    "compare_classes": "bayes=wine_bayes.csv logistic=wine_logistic.csv wine_labels.csv"
    " --loss zero_one --loss cross_entropy",
}
SHOWN = {
    "txt": "",
    "60.txt": "",
    "80.txt": "",
    "ascii.txt": "",
    "full.txt": "--full --top 5",
    "full.80.txt": "--full --top 5",
    "full.ascii.txt": "--full --top 5",
    "json": "--format json --top 3",
    "jsonl": "--format jsonl --top 3",
    "csv": "--format csv",
    "md": "--format markdown --top 3",
    "quiet.txt": "--quiet",
    "samples.csv": "--per-sample - --output report.txt",
    "samples.jsonl": "--per-sample samples.jsonl --output report.txt",
}
GRADIENTS_SHOWN = {
    **dict.fromkeys(("txt", "80.txt", "ascii.txt"), "--top 5"),
    **{suffix: options for suffix, options in SHOWN.items() if not suffix.endswith("txt")},
    "quiet.txt": SHOWN["quiet.txt"],
}
LINES_RECORDED = 20
"""Of a file of all samples."""
PAGES = {
    "explain_mse": "explain mse",
    "explain_mse.ascii": "explain mse",
    "explain_huge_margin": "explain hinge:margin=3",
    "explain_binary_cross_entropy": "explain binary_cross_entropy",
    "explain_cross_entropy.100": "explain cross_entropy",
    "losses_margin": "losses --family margin",
    "losses_margin.full": "losses --family margin --full",
    "losses.80": "losses",
    "losses_margin_json": "losses --family margin --format json",
    "recommend_numbers.80": "recommend diabetes_linear.csv diabetes_labels.csv",
    "recommend_classes.80": "recommend wine_bayes.csv wine_labels.csv",
    "recommend_scores.60": "recommend cancer_scores.csv cancer_signs.csv",
    "recommend_scores.ascii": "recommend cancer_scores.csv cancer_signs.csv",
    **{f"losses.{width}": "losses" for width in (60, 200)},
    **{f"explain_mse.{width}": "explain mse" for width in (60, 200)},
    **{f"check.{width}": "check" for width in (60, 80, 200)},
    **{f"gradient.{width}": "gradient diabetes.csv --loss mse" for width in (60, 200)},
    **{
        f"recommend_numbers.{width}": "recommend diabetes_linear.csv diabetes_labels.csv"
        for width in (60, 200)
    },
    **{
        f"evaluate_main.{width}": "evaluate diabetes_linear.csv diabetes_labels.csv --loss mse --loss rmse"
        " --group sex --show sex --gate 'mse <= 3100' --gate 'rmse.p95[sex_2] < 9000'"
        for width in (60, 80, 200)
    },
    "evaluate_shown.80": "evaluate diabetes_linear.csv diabetes_labels.csv --loss mse --show sex --show id",
}
ERRORS = {
    "no_loss_of_that_name": "evaluate diabetes.csv --loss perplexiti",
    "no_such_parameter": "evaluate diabetes.csv --loss hinge:margn=2",
    "outside_of_domain": "evaluate cancer_logits.csv cancer_labels.csv --loss bce",
    "signs_needed": "evaluate cancer_scores.csv cancer_labels.csv --loss hinge",
    "logits_needed": "evaluate wine_logits.csv wine_labels.csv --loss cross_entropy",
    "decimal_comma": "evaluate diabetes_semicolon.csv --loss mse",
    "other_rows": "evaluate diabetes_linear.csv cancer_labels.csv --loss mse --align position",
    "other_ids": "evaluate diabetes_linear.csv cancer_labels.csv --loss mse",
    "no_such_file": "evaluate diabetes_lin.csv --loss mse",
    "bad_gate": "evaluate diabetes.csv --loss mse --gate 'mse = 3' --gate 'mae <= 3' --fail-above nan",
}


@pytest.fixture
def losscli(tmp_path: Path) -> Callable[[str, str], str]:
    """Run a command line in a copy of the sample data; return all that it says, and its exit status."""
    folder = sandbox(tmp_path)
    _write_weights(folder / "diabetes.csv", folder / "weighted.csv")

    def call(arguments: str, suffix: str) -> str:
        shape = {"PYTHONIOENCODING": "ascii" if "ascii" in suffix else "utf-8"}
        if found := re.search(r"\.(\d+)(?=\.|$)", f".{suffix}"):
            shape["COLUMNS"] = found[1]
        done = calls.losscli(*shlex.split(arguments), cwd=folder, merged=suffix != "samples.csv", **shape)
        said = done.stdout + done.stderr
        if suffix.startswith("samples"):
            samples = folder / "samples.jsonl"
            said += samples.read_text(encoding="utf-8") if samples.exists() else ""
            said = "".join(said.splitlines(keepends=True)[:LINES_RECORDED])
        return f"{said}exit status {done.returncode}\n"

    return call


def _write_weights(source: Path, target: Path) -> None:
    """Add the weights 0, 1, 2, 0, 1, … to a file."""
    header, *rows = source.read_text(encoding="utf-8").splitlines()
    weighted = [f"{header},weight", *(f"{row},{number % 3}" for number, row in enumerate(rows))]
    target.write_text("\n".join(weighted) + "\n", encoding="utf-8")


def compare(name: str, arguments: str, found: str) -> None:
    path = RECORDED / name
    if UPDATE:
        path.parent.mkdir(exist_ok=True)
        path.write_text(found, encoding="utf-8")
    recorded = path.read_text(encoding="utf-8")
    assert comparable(found, arguments) == comparable(recorded, arguments)


@pytest.mark.parametrize("suffix", SHOWN)
@pytest.mark.parametrize("problem", PROBLEMS)
def test_evaluation_looks_as_recorded(problem: str, suffix: str, losscli: Callable[[str, str], str]) -> None:
    arguments = f"evaluate {PROBLEMS[problem]} {SHOWN[suffix]}"
    compare(f"{problem}.{suffix}", arguments, losscli(arguments, suffix))


@pytest.mark.parametrize("suffix", GRADIENTS_SHOWN)
@pytest.mark.parametrize("problem", GRADIENTS)
def test_gradients_look_as_recorded(problem: str, suffix: str, losscli: Callable[[str, str], str]) -> None:
    arguments = f"gradient {GRADIENTS[problem]} {GRADIENTS_SHOWN[suffix]}"
    compare(f"{problem}.{suffix}", arguments, losscli(arguments, suffix))


@pytest.mark.parametrize("suffix", SHOWN)
@pytest.mark.parametrize("problem", COMPARISONS)
def test_comparison_looks_as_recorded(problem: str, suffix: str, losscli: Callable[[str, str], str]) -> None:
    arguments = f"compare {COMPARISONS[problem]} {SHOWN[suffix]}"
    compare(f"{problem}.{suffix}", arguments, losscli(arguments, suffix))


@pytest.mark.parametrize("page", PAGES)
def test_page_looks_as_recorded(page: str, losscli: Callable[[str, str], str]) -> None:
    compare(f"{page}.txt", PAGES[page], losscli(PAGES[page], page.partition(".")[2]))


@pytest.mark.parametrize("name", ERRORS)
def test_error_reads_as_recorded(name: str, losscli: Callable[[str, str], str]) -> None:
    compare(f"error_{name}.txt", ERRORS[name], losscli(ERRORS[name], ""))


def test_nothing_is_recorded_that_is_not_compared() -> None:
    compared = {f"{problem}.{suffix}" for problem in (*PROBLEMS, *COMPARISONS) for suffix in SHOWN}
    compared |= {f"{problem}.{suffix}" for problem in GRADIENTS for suffix in GRADIENTS_SHOWN}
    compared |= {f"{page}.txt" for page in PAGES} | {f"error_{name}.txt" for name in ERRORS}
    assert {path.name for path in RECORDED.iterdir()} == compared
