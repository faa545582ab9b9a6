"""Writes docs/notebook.ipynb, with its outputs: `python docs/make_notebook.py` (`--check` writes nothing).

The cells stand here, and run here, one after the other in one namespace, as a notebook runs them. Jupyter is
not needed for that; where it is installed, a test runs the notebook there too.
"""

from __future__ import annotations

import ast
import contextlib
import io
import json
import os
import sys
from pathlib import Path
from typing import Any

DOCS = Path(__file__).resolve().parent
NOTEBOOK = DOCS / "notebook.ipynb"
CELLS = """\
# losscli in a notebook

`losscli` measures how wrong predictions are. Predictions come first, then labels, then the loss. Both
can be files, data frames, series, dicts of columns, lists or arrays. Here they are files of
`sample_data`: predictions of the progress of diabetes by a linear model and by a forest.
---
import losscli

labels = "../sample_data/diabetes_labels.csv"
linear, forest = "../sample_data/diabetes_linear.csv", "../sample_data/diabetes_forest.csv"
losscli.evaluate(linear, labels, "mse").cost
---
## A report

Several losses take one pass over the data. A notebook shows a report as tables; `print(report)`
shows them as text.
---
report = losscli.evaluate(linear, labels, ["mse", "huber:delta=50"], top=3, gate="mse <= 3000")
report
---
`repr` is one line, for logs and lists. Get the result of a loss by its spec or its name.
---
[report, losscli.evaluate(forest, labels, ["mse", "mae"])]
---
report["huber"].cost, report["mse"].quantiles[0.5], report.verdict
---
## In pandas

Frames have one row for each loss, for each of the worst samples, or for every sample. `per_sample`
keeps the index of the predictions, so that you can join the two.
---
report.to_frame()[["loss", "n", "cost", "std", "p50", "max"]]
---
report.worst_frame("mse")
---
import pandas as pd

table = pd.read_csv("../sample_data/diabetes.csv", index_col="id")
table["loss"] = losscli.per_sample(table, loss="mae")["loss"]
table.groupby("sex")["loss"].agg(["count", "mean"])
---
## A loss of your own

A loss is a function of labels and predictions that returns one number for each row. Here, a
prediction that is too low costs three times as much.
---
import numpy as np


def too_low(y_true, y_pred, *, factor=3.0):
    error = y_pred - y_true
    return np.where(error < 0, factor, 1.0) * np.abs(error)


models = {"linear": linear, "forest": forest}
reports = {name: losscli.evaluate(path, labels, [too_low, "mae"]) for name, path in models.items()}
pd.DataFrame({name: {spec: one[spec].cost for spec in one} for name, one in reports.items()})
---
## A loss, explained

A loss from `load_loss` or `losses` has the functions `value` and `gradient`, and describes itself.
---
huber = losscli.load_loss("huber:delta=2")
huber.value([0, 0, 0], [1, 2, 3]), huber.gradient([0, 0, 0], [1, 2, 3])
---
huber.explain()
---
[loss.name for loss in losscli.losses() if loss.family == "vector"]
---
## Which loss, and what a correction would gain

`recommend` says which losses suit the data. `gradient` says which samples have the largest gradients,
and `fit` how much of the cost a small correction of the predictions would save.
---
losscli.recommend(linear, labels).to_frame()[["rank", "loss", "cost"]]
---
gradients = losscli.gradient(linear, labels, "mse", top=3)
print(f"1 % of the samples have {gradients['mse'].top_share:.1%} of the sum of all gradients' sizes")
gradients.worst_frame()
---
fit = losscli.fit(forest, labels, "mse", model="affine")
print(f"{fit.before:.1f} before, {fit.best.after:.1f} after")
{name: round(value, 2) for name, value in fit.best.parameters.items()}
---
## Errors

An error says what is wrong and what to do about it. Nothing is guessed, dropped or broadcast silently.
---
try:
    losscli.evaluate([0.5, 1.2], [0, 1], "bce")
except Exception as error:
    print(error)
---
## Keeping a report

`to_dict()` is the JSON document of the command line. It can be the baseline for another model, or
for another day.
---
before = report.to_dict()
losscli.evaluate(forest, labels, "mse", gate="mse <= baseline + 2%", baseline=before)
"""


def cells() -> list[dict[str, Any]]:
    """Return the cells as a notebook has them, with what they show."""
    namespace: dict[str, Any] = {"__name__": "__main__"}
    made: list[dict[str, Any]] = []
    count = 0
    for place, text in enumerate(CELLS.removesuffix("\n").split("\n---\n")):
        code = _is_code(text)
        cell: dict[str, Any] = {"cell_type": "code" if code else "markdown", "id": f"cell-{place}"}
        if code:
            count += 1
            cell |= {"execution_count": count, "outputs": run(text, namespace, count)}
        made.append({**cell, "metadata": {}, "source": text.splitlines(keepends=True)})
    return made


def _is_code(text: str) -> bool:
    try:
        return bool(ast.parse(text).body)
    except SyntaxError:
        return False


def run(text: str, namespace: dict[str, Any], count: int) -> list[dict[str, Any]]:
    """Run a cell, and return what it prints and what its last expression is."""
    body = ast.parse(text).body
    last = body.pop() if isinstance(body[-1], ast.Expr) else None
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(ast.Module(body, []), "<cell>", "exec"), namespace)
        shown = None
        if isinstance(last, ast.Expr):
            shown = eval(compile(ast.Expression(last.value), "<cell>", "eval"), namespace)
    outputs: list[dict[str, Any]] = []
    if printed.getvalue():
        outputs.append(
            {"name": "stdout", "output_type": "stream", "text": printed.getvalue().splitlines(keepends=True)}
        )
    if shown is not None:
        texts = {"text/plain": repr(shown)}
        for kind in ("html", "markdown"):
            method = getattr(shown, f"_repr_{kind}_", None)
            if method is not None:
                texts[f"text/{kind}"] = method()
        data = {kind: text.splitlines(keepends=True) for kind, text in sorted(texts.items())}
        outputs.append(
            {"data": data, "execution_count": count, "metadata": {}, "output_type": "execute_result"}
        )
    return outputs


def notebook() -> str:
    """Return the notebook as it is written."""
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    with contextlib.chdir(DOCS):
        found = {"cells": cells(), "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(found, indent=1, ensure_ascii=False) + "\n"


def main() -> int:
    """Write the notebook, or tell whether it is that of today."""
    os.environ.pop("COLUMNS", None)
    found = notebook()
    if "--check" not in sys.argv[1:]:
        NOTEBOOK.write_text(found, encoding="utf-8")
        return 0
    if NOTEBOOK.read_text(encoding="utf-8") == found:
        return 0
    print(
        "docs/notebook.ipynb is not that of today; write it anew: python docs/make_notebook.py",
        file=sys.stderr,
    )
    return 1


if __name__ == "__main__":
    sys.exit(main())
