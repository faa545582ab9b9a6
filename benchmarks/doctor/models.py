"""Honest predictions: usual models, fitted on a random half of a data set's rows, for the other half.

Up to two numeric and two categorical columns of each data set are predicted from its other columns. The rows
that are predicted stay in the order of the file, so that sorted and serial data stay so.
"""

import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from doctor.datasets import LEAST_ROWS, Frame, seed
from losscli.common.array import Array

MOST_CLASSES, MOST_FEATURES, MOST_TARGETS, DISTINCT, LEAST_OF_CLASS = 10, 50, 2, 15, 8
REGRESSION = ("mean", "ridge", "tree 3", "tree", "forest", "5-NN", "boosting 5")
CLASSIFICATION = ("prior", "logistic", "tree 3", "tree", "forest", "5-NN", "boosting 5", "naive Bayes")


@dataclass(frozen=True)
class Task:
    """A column to be predicted: which, whether its values are classes, and which rows are of which half."""

    target: str
    kind: str
    rows: pd.DataFrame
    train: Array
    test: Array


def tasks(frame: Frame) -> Iterator[Task]:
    chance = np.random.RandomState(frame.seed)
    names = [str(name) for name in chance.permutation(frame.rows.columns)]
    for kind, suits in (("numbers", numeric), ("classes", categorical)):
        found = 0
        for name in names:
            if (
                found < MOST_TARGETS
                and (task := suited(frame, name, kind, suits(frame.rows[name]))) is not None
            ):
                found += 1
                yield task


def numeric(column: pd.Series) -> Array:
    """Which rows can be predicted as numbers."""
    if column.dtype != "float64" or column.nunique() < DISTINCT:
        return np.zeros(len(column), bool)
    return column.notna().to_numpy()


def categorical(column: pd.Series) -> Array:
    """Which rows can be predicted as classes: all, but those of classes that are too rare."""
    counts = column.value_counts()
    usual = counts[counts >= LEAST_OF_CLASS].index
    whole = column.dtype != "float64" or bool((column.dropna() % 1 == 0).all())
    if not 2 <= len(usual) <= MOST_CLASSES or len(counts) > MOST_CLASSES + 10 or not whole:
        return np.zeros(len(column), bool)
    return column.isin(usual).to_numpy()


def suited(frame: Frame, target: str, kind: str, usable: Array) -> Task | None:
    rows = frame.rows[usable].reset_index(drop=True)
    if len(rows) < LEAST_ROWS:
        return None
    if kind == "classes":
        rows[target] = [text_of(value) for value in rows[target]]
        if rows[target].nunique() < 2:
            return None
    chance = np.random.RandomState(seed(f"halves of {frame.name} {target} {kind}"))
    order = chance.permutation(len(rows))
    train, test = np.sort(order[: len(rows) // 2]), np.sort(order[len(rows) // 2 :])
    y = rows[target].to_numpy()
    if kind == "classes" and set(y[train]) != set(y):
        return None
    return None if len(set(y[test])) < 2 else Task(target, kind, rows, train, test)


def text_of(value: Any) -> str:
    """The name of a class, as a file can say it."""
    return f"{value:.0f}" if isinstance(value, float) else str(value).replace('"', "") or "not given"


def features(task: Task) -> Array:
    """The other columns as numbers: medians for what is missing, one column for each frequent text."""
    made = []
    for name in task.rows.columns:
        column = task.rows[name]
        if name == task.target:
            continue
        if column.dtype == "float64":
            middle = column.iloc[task.train].median()
            made.append(column.fillna(0.0 if np.isnan(middle) else middle).to_numpy())
        else:
            usual = column.iloc[task.train].value_counts().index[:MOST_CLASSES]
            made += [(column == value).to_numpy(float) for value in usual]
    table = np.column_stack(made) if made else np.zeros((len(task.rows), 1))
    return np.asarray(table[:, :MOST_FEATURES])


def estimators(task: Task) -> dict[str, Any]:
    from sklearn import dummy, ensemble, linear_model, naive_bayes, neighbors, pipeline, preprocessing, tree

    def scaled(one: Any) -> Any:
        return pipeline.make_pipeline(preprocessing.StandardScaler(), one)

    if task.kind == "numbers":
        return {
            "mean": dummy.DummyRegressor(),
            "ridge": scaled(linear_model.Ridge()),
            "tree 3": tree.DecisionTreeRegressor(max_depth=3, random_state=0),
            "tree": tree.DecisionTreeRegressor(random_state=0),
            "forest": ensemble.RandomForestRegressor(20, random_state=0),
            "5-NN": scaled(neighbors.KNeighborsRegressor(5)),
            "boosting 5": ensemble.GradientBoostingRegressor(n_estimators=5, random_state=0),
        }
    return {
        "prior": dummy.DummyClassifier(),
        "logistic": scaled(linear_model.LogisticRegression(max_iter=100)),
        "tree 3": tree.DecisionTreeClassifier(max_depth=3, random_state=0),
        "tree": tree.DecisionTreeClassifier(random_state=0),
        "forest": ensemble.RandomForestClassifier(20, random_state=0),
        "5-NN": scaled(neighbors.KNeighborsClassifier(5)),
        "boosting 5": ensemble.GradientBoostingClassifier(n_estimators=5, random_state=0),
        "naive Bayes": naive_bayes.GaussianNB(),
    }


def predicted(task: Task) -> Iterator[tuple[str, Array]]:
    """The name of each model, and its predictions: `(rows,)`, or `(rows, classes)` in order of the names."""
    x, y = features(task), task.rows[task.target].to_numpy()
    x = np.clip(x, -1e30, 1e30)
    for name, model in estimators(task).items():
        try:
            with warnings.catch_warnings(), np.errstate(all="ignore"):
                warnings.simplefilter("ignore")
                model.fit(x[task.train], y[task.train])
                test = x[task.test]
                found = model.predict(test) if task.kind == "numbers" else model.predict_proba(test)
        except ValueError:
            continue
        if np.isfinite(found).all():
            yield name, np.asarray(found, "float64")


def quality(kind: str, labels: Array, predictions: Array) -> float:
    """R² of numbers; of classes the share of the most frequent class's errors that is not made any more."""
    with np.errstate(all="ignore"):
        if kind == "numbers":
            return float(1.0 - np.mean((labels - predictions) ** 2) / np.var(labels))
        _, places = np.unique(labels, return_inverse=True)
        missed = 1.0 - np.bincount(places).max() / len(labels)
        return float(1.0 - np.mean(predictions.argmax(axis=1) != places) / missed)


def grade(kind: str, quality: float) -> str:
    """How good a model is: `good`, `medium`, or `poor`."""
    good, medium = (0.6, 0.2) if kind == "numbers" else (0.5, 0.1)
    return "good" if quality > good else "medium" if quality >= medium else "poor"
