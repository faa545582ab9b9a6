"""Writes the sample data: real data sets that ship with scikit-learn, and what real models predict for them.

    python sample_data/make.py [FOLDER]

Every prediction is out of fold: the model that made it has not seen that row. Seeds are fixed, so the same
versions of NumPy, SciPy and scikit-learn write the same bytes on processors that take the same BLAS kernels.
The table of expected costs in README.md and in expected.csv comes from scikit-learn's own metrics, computed
on the arrays before they are written.
"""

import os

os.environ.setdefault(
    "OPENBLAS_NUM_THREADS", "1"
)  # the order of BLAS sums must not depend on the machine's cores

import csv
import gzip
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import scipy
import sklearn
from sklearn import metrics
from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits, load_wine
from sklearn.ensemble import RandomForestRegressor
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.model_selection import KFold, StratifiedKFold, cross_val_predict
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier

SEED = 0
BEGIN, END = "<!-- expected: written by make.py -->", "<!-- /expected -->"

Expected = tuple[str, str, str, str, float]  # predictions, labels, loss spec, scikit-learn call, its value


def cell(value: Any, decimal: str = ".") -> str:
    """A float as its shortest text that reads back as the same float; anything else as it prints."""
    return repr(float(value)).replace(".", decimal) if isinstance(value, float) else str(value)


def write(path: Path, header: Sequence[str], *columns: Iterable[Any], comma: bool = False) -> None:
    """Writes columns as CSV; `comma`: semicolons between the fields, commas in the numbers."""
    rows = zip(*(np.asarray(column).tolist() for column in columns), strict=True)
    separator, decimal = (";", ",") if comma else (",", ".")
    lines = [separator.join(header), *(separator.join(cell(v, decimal) for v in row) for row in rows)]
    text = "".join(line + "\n" for line in lines).encode()
    # the time in a gzip header would differ from run to run
    path.write_bytes(gzip.compress(text, mtime=0) if path.suffix == ".gz" else text)


def diabetes(folder: Path) -> list[Expected]:
    """Regression: 442 patients, disease progression after a year, two models, three forms of file."""
    features, label = load_diabetes(return_X_y=True, scaled=False)
    ids = np.arange(1, len(label) + 1)
    sex = [f"sex_{code:.0f}" for code in features[:, 1]]
    folds = KFold(5, shuffle=True, random_state=SEED)
    linear = cross_val_predict(LinearRegression(), features, label, cv=folds)
    forest = cross_val_predict(RandomForestRegressor(4, random_state=SEED), features, label, cv=folds)

    write(folder / "diabetes_labels.csv", ["id", "label", "sex"], ids, label, sex)
    write(folder / "diabetes_linear.csv", ["id", "prediction"], ids, linear)
    order = np.random.default_rng(SEED).permutation(len(label))
    write(folder / "diabetes_forest.csv", ["id", "prediction"], ids[order], forest[order])
    header = ["id", "label", "prediction", "sex"]
    write(folder / "diabetes.csv", header, ids, label, linear, sex)
    write(folder / "diabetes.csv.gz", header, ids, label, linear, sex)
    write(folder / "diabetes_semicolon.csv", header, ids, label, linear, sex, comma=True)

    calls = {
        "mse": ("mean_squared_error", {}),
        "rmse": ("root_mean_squared_error", {}),
        "mae": ("mean_absolute_error", {}),
        "mape": ("mean_absolute_percentage_error", {}),
        "msle": ("mean_squared_log_error", {}),
        "quantile:q=0.9": ("mean_pinball_loss", {"alpha": 0.9}),
        "poisson_deviance": ("mean_poisson_deviance", {}),
        "gamma_deviance": ("mean_gamma_deviance", {}),
        "tweedie_deviance": ("mean_tweedie_deviance", {"power": 1.5}),
    }
    models = {"diabetes_linear.csv": linear, "diabetes_forest.csv": forest}
    return [
        expected(file, "diabetes_labels.csv", loss, name, label, prediction, **options)
        for file, prediction in models.items()
        for loss, (name, options) in calls.items()
    ]


def cancer(folder: Path) -> list[Expected]:
    """Binary and margin: 569 tumours; probabilities of two models, logits, and scores of a linear SVM."""
    features, label = load_breast_cancer(return_X_y=True)
    ids = [f"{row:03}" for row in range(1, len(label) + 1)]
    signs = 2 * label - 1
    folds = StratifiedKFold(5, shuffle=True, random_state=SEED)
    logistic = make_pipeline(StandardScaler(), LogisticRegression())
    tree = DecisionTreeClassifier(max_depth=3, random_state=SEED)
    svm = make_pipeline(StandardScaler(), LinearSVC(loss="hinge", C=0.1, max_iter=100_000, random_state=SEED))

    def predict(model: Any, method: str) -> Any:
        return cross_val_predict(model, features, label, cv=folds, method=method)

    predictions = {
        "cancer_logistic.csv": predict(logistic, "predict_proba")[:, 1],
        "cancer_tree.csv": predict(tree, "predict_proba")[:, 1],
        "cancer_logits.csv": predict(logistic, "decision_function"),
        "cancer_scores.csv": predict(svm, "decision_function"),
    }
    write(folder / "cancer_labels.csv", ["id", "label"], ids, label)
    write(folder / "cancer_signs.csv", ["id", "label"], ids, signs)
    for name, prediction in predictions.items():
        write(folder / name, ["id", "prediction"], ids, prediction)

    rows = [
        expected(file, "cancer_labels.csv", loss, name, label, predictions[file])
        for file in ("cancer_logistic.csv", "cancer_tree.csv")
        for loss, name in (("binary_cross_entropy", "log_loss"), ("brier", "brier_score_loss"))
    ]
    files = ("cancer_scores.csv", "cancer_logits.csv")
    margins = [expected(f, "cancer_signs.csv", "hinge", "hinge_loss", signs, predictions[f]) for f in files]
    return rows + margins


def wine(folder: Path) -> list[Expected]:
    """Multiclass: 178 wines of three cultivars, named; probabilities of two models, and logits."""
    data = load_wine()
    names = data.target_names
    label = names[data.target]
    ids = [f"wine-{row:03}" for row in range(1, len(label) + 1)]
    folds = StratifiedKFold(5, shuffle=True, random_state=SEED)
    logistic = make_pipeline(StandardScaler(), LogisticRegression())

    def predict(model: Any, method: str) -> Any:
        return cross_val_predict(model, data.data, label, cv=folds, method=method)

    probability = predict(logistic, "predict_proba")
    logits = predict(logistic, "decision_function")
    bayes = predict(GaussianNB(), "predict_proba")

    write(folder / "wine_labels.csv", ["id", "label"], ids, label)
    write(folder / "wine_logistic.csv", ["id", *(f"prob_{n}" for n in names)], ids, *probability.T)
    write(folder / "wine_logits.csv", ["id", *(f"logit_{n}" for n in names)], ids, *logits.T)
    turned = [2, 0, 1]
    write(folder / "wine_bayes.csv", ["id", *(f"prob_{names[k]}" for k in turned)], ids, *bayes.T[turned])

    rows = []
    for file, prediction in (("wine_logistic.csv", probability), ("wine_bayes.csv", bayes)):
        chosen = names[prediction.argmax(axis=1)]
        for loss, name in (("cross_entropy", "log_loss"), ("multiclass_brier", "brier_score_loss")):
            rows.append(expected(file, "wine_labels.csv", loss, name, label, prediction, labels=names))
        rows.append(expected(file, "wine_labels.csv", "zero_one", "zero_one_loss", label, chosen))
    pair = ("wine_logits.csv", "wine_labels.csv")
    return [*rows, expected(*pair, "multiclass_hinge", "hinge_loss", label, logits, labels=names)]


def digits(folder: Path) -> list[Expected]:
    """Multiclass, one predicted class a row: 1797 handwritten digits, whose class names are numbers."""
    features, label = load_digits(return_X_y=True)
    ids = np.arange(len(label))
    folds = StratifiedKFold(5, shuffle=True, random_state=SEED)
    prediction = cross_val_predict(GaussianNB(), features, label, cv=folds)
    write(folder / "digits_labels.csv", ["id", "label"], ids, label)
    write(folder / "digits_bayes.csv", ["id", "prediction"], ids, prediction)
    return [expected("digits_bayes.csv", "digits_labels.csv", "zero_one", "zero_one_loss", label, prediction)]


def expected(
    predictions: str, labels: str, loss: str, name: str, label: Any, prediction: Any, /, **options: Any
) -> Expected:
    """One line of the table: what scikit-learn's metric `name` says of these arrays."""
    value = float(getattr(metrics, name)(label, prediction, **options))
    shown = "".join(f", {key}={v}" for key, v in options.items() if key != "labels")
    return predictions, labels, loss, f"{name}(label, prediction{shown})", value


def write_table(rows: Sequence[Expected], readme: Path) -> None:
    """Replaces the table between the markers of README.md."""
    text = readme.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN)
    after = rest.split(END)[1]
    lines = [
        f"scikit-learn {sklearn.__version__}, NumPy {np.__version__}, SciPy {scipy.__version__}.",
        "",
        "| predictions | labels | loss | `sklearn.metrics` | value |",
        "|---|---|---|---|---|",
        *(f"| `{p}` | `{y}` | `{loss}` | `{call}` | {value!r} |" for p, y, loss, call, value in rows),
    ]
    readme.write_text("\n".join([before + BEGIN, "", *lines, "", END + after]), encoding="utf-8")


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent
    folder.mkdir(parents=True, exist_ok=True)
    rows = [*diabetes(folder), *cancer(folder), *wine(folder), *digits(folder)]
    with (folder / "expected.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["predictions", "labels", "loss", "scikit_learn", "value"])
        writer.writerows(rows)
    if folder.resolve() == Path(__file__).resolve().parent:
        write_table(rows, folder / "README.md")


if __name__ == "__main__":
    main()
