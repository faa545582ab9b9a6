"""The data that the pairs are made of: sets that come with scikit-learn, and models of them."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import pandas as pd
from sklearn.base import clone
from sklearn.datasets import load_breast_cancer, load_diabetes, load_wine
from sklearn.ensemble import RandomForestRegressor
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

ROWS = 24


class Split(NamedTuple):
    """What a model learns of, and what it predicts; the indexes of the rows are those of the whole."""

    train: pd.DataFrame
    test: pd.DataFrame
    y_train: pd.Series
    y_test: pd.Series


@cache
def diabetes() -> Split:
    """Return a regression problem."""
    data = load_diabetes(as_frame=True)
    return Split(*train_test_split(data.data, data.target, test_size=ROWS, random_state=1))


@cache
def cancer() -> Split:
    """Return a problem of two classes, 0 and 1."""
    data = load_breast_cancer(as_frame=True)
    return Split(
        *train_test_split(data.data, data.target, test_size=ROWS, random_state=2, stratify=data.target)
    )


@cache
def wine(*, named: bool = False) -> Split:
    """Return a problem of three classes, 0 to 2 or with names."""
    data = load_wine(as_frame=True)
    target = data.target.map(dict(enumerate(("barolo", "grignolino", "barbera")))) if named else data.target
    return Split(*train_test_split(data.data, target, test_size=ROWS, random_state=3, stratify=target))


def linear() -> LinearRegression:
    """Return a regression, fitted."""
    split = diabetes()
    return LinearRegression().fit(split.train, split.y_train)


def forest() -> RandomForestRegressor:
    """Return a forest, fitted."""
    split = diabetes()
    return RandomForestRegressor(20, random_state=0).fit(split.train, split.y_train)


def logistic(split: Split):
    """Return a classifier, fitted: no surer than it is, so that its mistakes show."""
    model = make_pipeline(StandardScaler(), LogisticRegression(C=0.003, max_iter=1000))
    return clone(model).fit(split.train, split.y_train)
