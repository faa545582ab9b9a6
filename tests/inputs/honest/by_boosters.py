"""Pairs written with LightGBM, XGBoost and CatBoost, whose predictions are often float32 and headerless."""

from __future__ import annotations

import lightgbm
import numpy as np
import pandas as pd
import xgboost
from catboost import CatBoostClassifier, CatBoostRegressor
from data import cancer, diabetes, wine
from make import folder, pair, write
from sklearn import metrics

QUIET = {"verbose": -1, "num_leaves": 4, "min_data_in_leaf": 5, "num_threads": 1, "learning_rate": 0.05}


def make() -> None:
    """Make them all."""
    of_lightgbm()
    of_xgboost()
    of_catboost()


def of_lightgbm() -> None:
    split = diabetes()
    model = lightgbm.train(QUIET, lightgbm.Dataset(split.train, split.y_train), 30)
    found = model.predict(split.test)
    mse, n = metrics.mean_squared_error(split.y_test, found), len(found)
    # What its program writes: a line a row, no header, 17 digits; the data it reads has the label first.
    result = "".join(f"{value:.17g}\n" for value in found)
    test = np.column_stack([split.y_test, split.test])
    rows = "".join("\t".join(f"{value:.6g}" for value in row) + "\n" for row in test)
    write("lightgbm_program", LightGBM_predict_result_txt=result, regression_test=rows)
    pair(
        "lightgbm_program",
        "mse",
        mse,
        n,
        tool="LightGBM's command line",
        after="task=predict writes LightGBM_predict_result.txt; data without header has the label first",
        files=["LightGBM_predict_result.txt", "regression.test"],
        option=["--label", "0"],
    )
    place = folder("lightgbm_savetxt_and_labels")
    np.savetxt(place / "predictions.txt", found)
    split.y_test.to_csv(place / "labels.csv", index=False)
    files = ["predictions.txt", "labels.csv"]
    pair("lightgbm_savetxt_and_labels", "mse", mse, n, tool="lightgbm", files=files)

    split = wine()
    model = lightgbm.train(
        {**QUIET, "objective": "multiclass", "num_class": 3}, lightgbm.Dataset(split.train, split.y_train), 20
    )
    proba = model.predict(split.test)
    place = folder("lightgbm_multiclass_tabs")
    np.savetxt(place / "predictions.txt", proba, delimiter="\t", fmt="%.17g")
    split.y_test.to_csv(place / "labels.csv", index=False)
    loss = metrics.log_loss(split.y_test, proba)
    files = ["predictions.txt", "labels.csv"]
    pair("lightgbm_multiclass_tabs", "cross_entropy", loss, n, tool="lightgbm", files=files)

    split = cancer()
    model = lightgbm.train({**QUIET, "objective": "binary"}, lightgbm.Dataset(split.train, split.y_train), 20)
    raw = model.predict(split.test, raw_score=True)
    place = folder("lightgbm_raw_scores")
    pd.DataFrame({"id": split.test.index, "logit": raw}).to_csv(place / "predictions.csv", index=False)
    pd.DataFrame({"id": split.test.index, "label": split.y_test}).to_csv(place / "labels.csv", index=False)
    loss = metrics.log_loss(split.y_test, 1 / (1 + np.exp(-raw)))
    pair("lightgbm_raw_scores", "bce:from_logits=true", loss, len(raw), tool="lightgbm")


def of_xgboost() -> None:
    split = diabetes()
    model = xgboost.train({"max_depth": 2}, xgboost.DMatrix(split.train, split.y_train), 20)
    found = model.predict(xgboost.DMatrix(split.test))
    place = folder("xgboost_float32_frame")
    frame = pd.DataFrame({"pred": found}, index=split.test.index)
    frame.to_csv(place / "predictions.csv")
    split.y_test.to_csv(place / "labels.csv")
    written = pd.read_csv(place / "predictions.csv", float_precision="round_trip").pred
    mse, n = metrics.mean_squared_error(split.y_test, written), len(found)
    pair("xgboost_float32_frame", "mse", mse, n, tool="xgboost-cpu")

    place = folder("xgboost_savetxt")
    np.savetxt(place / "pred.txt", found, fmt="%.9g")
    np.savetxt(place / "test.txt", split.y_test, fmt="%g")
    written = np.array((place / "pred.txt").read_text().split(), dtype=np.float64)
    mse = metrics.mean_squared_error(split.y_test, written)
    pair("xgboost_savetxt", "mse", mse, n, tool="xgboost-cpu", files=["pred.txt", "test.txt"])

    counts = (split.y_train // 20, split.y_test // 20)
    model = xgboost.XGBRegressor(objective="count:poisson", n_estimators=30, max_depth=2)
    found = model.fit(split.train, counts[0]).predict(split.test).astype(np.float64)
    place = folder("xgboost_counts")
    pd.DataFrame({"actual": counts[1], "forecast": found}).to_csv(place / "counts.csv", index=False)
    deviance = metrics.mean_poisson_deviance(counts[1], found)
    pair("xgboost_counts", "poisson_deviance", deviance, n, tool="xgboost-cpu", files=["counts.csv"])

    split = cancer()
    model = xgboost.XGBClassifier(n_estimators=5, max_depth=2).fit(split.train, split.y_train)
    proba = model.predict_proba(split.test)
    place = folder("xgboost_proba_float32")
    frame = pd.DataFrame(proba, columns=[f"proba_{name}" for name in model.classes_])
    frame.assign(y_true=split.y_test.to_numpy()).to_csv(place / "test.csv", index=False)
    written = pd.read_csv(place / "test.csv", float_precision="round_trip")
    brier = np.mean((written.proba_1 - written.y_true) ** 2)
    option = ["--prediction", "proba_1"]
    files = ["test.csv"]
    pair("xgboost_proba_float32", "brier", brier, n, tool="xgboost-cpu", files=files, option=option)

    place = folder("xgboost_proba_float32_in_classes")
    frame.assign(y_true=split.y_test.to_numpy()).to_csv(place / "test.csv", index=False)
    # The float32 do not sum to 1 to the last digit; only the true class's counts.
    loss = -np.log(np.where(written.y_true == 1, written.proba_1, written.proba_0)).mean()
    pair("xgboost_proba_float32_in_classes", "cross_entropy", loss, n, tool="xgboost-cpu", files=files)


def of_catboost() -> None:
    quiet = {"iterations": 20, "depth": 2, "verbose": False, "allow_writing_files": False, "thread_count": 1}
    documented = "catboost calc writes tabs and a header: SampleId, then a column per prediction type"
    split = diabetes()
    found = CatBoostRegressor(**quiet).fit(split.train, split.y_train).predict(split.test)
    rows = "".join(f"{place}\t{value!r}\n" for place, value in enumerate(found.tolist()))
    labels = "".join(f"{value}\n" for value in split.y_test)
    write(
        "catboost_calc_regression", output_tsv=f"SampleId\tRawFormulaVal\n{rows}", labels_csv=f"y\n{labels}"
    )
    mse, n = metrics.mean_squared_error(split.y_test, found), len(found)
    pair(
        "catboost_calc_regression",
        "mse",
        mse,
        n,
        tool="catboost",
        after=documented,
        files=["output.tsv", "labels.csv"],
    )

    split = wine(named=True)
    model = CatBoostClassifier(**quiet).fit(split.train, split.y_train)
    proba = model.predict_proba(split.test)
    head = "\t".join(f"Probability:Class={name}" for name in model.classes_)
    rows = "".join(
        f"{place}\t" + "\t".join(map(repr, row)) + f"\t{label}\n"
        for place, (row, label) in enumerate(zip(proba.tolist(), split.y_test, strict=True))
    )
    write("catboost_calc_multiclass", eval_tsv=f"SampleId\t{head}\tLabel\n{rows}")
    loss = metrics.log_loss(split.y_test, proba, labels=model.classes_)
    pair(
        "catboost_calc_multiclass",
        "cross_entropy",
        loss,
        n,
        tool="catboost",
        after=documented,
        files=["eval.tsv"],
    )

    split = cancer()
    model = CatBoostClassifier(**quiet).fit(split.train, split.y_train)
    proba = model.predict_proba(split.test)
    place = folder("catboost_proba_of_two")
    frame = pd.DataFrame(proba, columns=model.classes_)
    frame.to_csv(place / "predictions.csv", index=False)
    split.y_test.rename("label").to_csv(place / "labels.csv", index=False)
    loss = metrics.log_loss(split.y_test, proba)
    pair("catboost_proba_of_two", "cross_entropy", loss, n, tool="catboost", option=["--header"])
