"""Pairs as users of scikit-learn write them: pandas, NumPy, polars, DuckDB, statsmodels, csv."""

from __future__ import annotations

import csv
import io

import duckdb
import numpy as np
import pandas as pd
import polars as pl
from data import cancer, diabetes, forest, linear, logistic, wine
from make import folder, pair, write
from sklearn import metrics
from sklearn.linear_model import LinearRegression, LogisticRegression, QuantileRegressor
from sklearn.model_selection import cross_val_predict
from sklearn.multioutput import MultiOutputClassifier
from sklearn.svm import LinearSVC


def make() -> None:
    """Make them all."""
    regressions()
    probabilities()
    classes()
    several()
    arrays()
    compressed()
    other_frames()
    models_of_statistics()


def regressions() -> None:
    split, model = diabetes(), linear()
    found = model.predict(split.test)
    mse, n = metrics.mean_squared_error(split.y_test, found), len(found)
    place = folder("pandas_index_of_the_split")
    pd.DataFrame({"prediction": found}, index=split.test.index).to_csv(place / "predictions.csv")
    split.y_test.sort_index().to_csv(place / "labels.csv")
    pair("pandas_index_of_the_split", "mse", mse, n, tool="pandas")

    place = folder("pandas_without_index")
    pd.DataFrame({"y_pred": found}).to_csv(place / "predictions.csv", index=False)
    split.y_test.to_csv(place / "labels.csv", index=False)
    pair("pandas_without_index", "mse", mse, n, tool="pandas")

    place = folder("pandas_series_without_name")
    pd.Series(found).to_csv(place / "predictions.csv", index=False)
    split.y_test.to_csv(place / "labels.csv", index=False)
    pair("pandas_series_without_name", "mse", mse, n, tool="pandas", option=["--header"])

    place = folder("pandas_series_without_header")
    pd.Series(found).to_csv(place / "predictions.csv", index=False, header=False)
    split.y_test.to_csv(place / "labels.csv", index=False, header=False)
    pair("pandas_series_without_header", "mse", mse, n, tool="pandas")

    place = folder("pandas_one_frame_with_features")
    split.test.assign(target=split.y_test, prediction=found).to_csv(place / "test.csv", index=False)
    pair("pandas_one_frame_with_features", "mse", mse, n, tool="pandas", files=["test.csv"])

    place = folder("pandas_actual_and_predicted")
    frame = pd.DataFrame({"Actual": split.y_test, "Predicted": found})
    frame.assign(Residual=frame.Actual - frame.Predicted).to_csv(place / "results.csv")
    pair("pandas_actual_and_predicted", "mse", mse, n, tool="pandas", files=["results.csv"])

    place = folder("pandas_columns_of_two_models")
    two = pd.DataFrame({"y_true": split.y_test, "linear": found, "forest": forest().predict(split.test)})
    two.to_csv(place / "models.csv")
    mae = metrics.mean_absolute_error(two.y_true, two.forest)
    more = {"files": ["models.csv"], "option": ["--prediction", "forest"]}
    pair("pandas_columns_of_two_models", "mae", mae, n, tool="pandas", **more)

    place = folder("sklearn_cross_val_predict")
    out = cross_val_predict(LinearRegression(), split.test, split.y_test, cv=4)
    pd.DataFrame({"y_true": split.y_test, "y_pred": out}).to_csv(place / "cv.csv", index=False)
    mae = metrics.mean_absolute_error(split.y_test, out)
    pair("sklearn_cross_val_predict", "mae", mae, n, tool="scikit-learn", files=["cv.csv"])

    place = folder("sklearn_quantile_regressor")
    median = QuantileRegressor(quantile=0.9, alpha=0).fit(split.train, split.y_train).predict(split.test)
    pd.DataFrame({"target": split.y_test, "yhat": median}).to_csv(place / "q90.csv", index=False, sep="\t")
    pinball = metrics.mean_pinball_loss(split.y_test, median, alpha=0.9)
    pair("sklearn_quantile_regressor", "quantile:q=0.9", pinball, n, tool="scikit-learn", files=["q90.csv"])

    place = folder("pandas_weights_and_groups")
    weights = np.arange(1, n + 1) / 4
    frame = pd.DataFrame({"id": split.test.index, "prediction": found})
    frame.to_csv(place / "predictions.csv", index=False)
    frame = pd.DataFrame({"id": split.test.index, "label": split.y_test, "weight": weights})
    frame.sample(frac=1, random_state=0).to_csv(place / "labels.csv", index=False)
    mse = metrics.mean_squared_error(split.y_test, found, sample_weight=weights)
    pair("pandas_weights_and_groups", "mse", mse, n, tool="pandas", more=["--weight", "weight"])


def probabilities() -> None:
    split = cancer()
    proba = logistic(split).predict_proba(split.test)
    loss, n = metrics.log_loss(split.y_test, proba), len(proba)
    place = folder("sklearn_proba_of_the_second_class")
    pd.DataFrame({"y_proba": proba[:, 1]}).to_csv(place / "predictions.csv", index=False)
    split.y_test.to_csv(place / "labels.csv", index=False)
    pair("sklearn_proba_of_the_second_class", "log_loss", loss, n, tool="scikit-learn")

    place = folder("sklearn_decision_and_probability")
    decided = (proba[:, 1] > 0.5).astype(int)
    frame = pd.DataFrame({"label": split.y_test, "prediction": decided, "probability": proba[:, 1]})
    frame.to_csv(place / "scored.csv", index=False)
    brier = metrics.brier_score_loss(split.y_test, proba[:, 1])
    option = ["--prediction", "probability"]
    pair(
        "sklearn_decision_and_probability",
        "brier",
        brier,
        n,
        tool="pandas",
        files=["scored.csv"],
        option=option,
    )

    place = folder("sklearn_accuracy_of_decisions")
    frame.to_csv(place / "scored.csv", index=False)
    wrong = metrics.zero_one_loss(split.y_test, decided)
    pair("sklearn_accuracy_of_decisions", "zero_one", wrong, n, tool="pandas", files=["scored.csv"])

    place = folder("sklearn_decision_function")
    machine = LinearSVC(C=1e-7, random_state=0).fit(split.train, split.y_train)
    scores = machine.decision_function(split.test)
    pd.DataFrame({"score": scores}, index=split.test.index).to_csv(place / "predictions.csv")
    split.y_test.to_csv(place / "labels.csv")
    hinge = metrics.hinge_loss(split.y_test, scores)
    option = ["--map-labels", "0=-1,1=1"]
    pair("sklearn_decision_function", "hinge", hinge, n, tool="scikit-learn", option=option)

    place = folder("sklearn_words_as_labels")
    words = split.y_test.map({0: "no", 1: "yes"})
    frame = pd.DataFrame({"truth": words, "pred": proba[:, 1]})
    frame.to_csv(place / "scored.csv", index=False, quoting=csv.QUOTE_NONNUMERIC)
    option = ["--map-labels", "yes=1,no=0"]
    pair("sklearn_words_as_labels", "log_loss", loss, n, tool="pandas", files=["scored.csv"], option=option)

    place = folder("pandas_two_columns_of_probabilities")
    columns = [f"prob_{name}" for name in (0, 1)]
    pd.DataFrame(proba, columns=columns).assign(label=split.y_test.to_numpy()).to_csv(
        place / "scored.csv", index=False
    )
    pair("pandas_two_columns_of_probabilities", "cross_entropy", loss, n, tool="pandas", files=["scored.csv"])


def classes() -> None:
    split = wine(named=True)
    model = logistic(split)
    proba, decided = model.predict_proba(split.test), model.predict(split.test)
    loss, n = metrics.log_loss(split.y_test, proba, labels=model.classes_), len(proba)
    frame = pd.DataFrame(proba, columns=model.classes_, index=split.test.index)
    place = folder("sklearn_proba_called_as_classes")
    frame.to_csv(place / "predictions.csv")
    split.y_test.to_csv(place / "labels.csv")
    pair("sklearn_proba_called_as_classes", "cross_entropy", loss, n, tool="scikit-learn")

    place = folder("sklearn_proba_in_one_frame")
    frame.add_prefix("proba_").assign(y_true=split.y_test, y_pred=decided).to_csv(place / "test.csv")
    pair("sklearn_proba_in_one_frame", "cross_entropy", loss, n, tool="scikit-learn", files=["test.csv"])

    place = folder("sklearn_names_of_classes")
    pd.DataFrame({"y_true": split.y_test, "y_pred": decided}).to_csv(place / "test.csv", index=False)
    wrong = metrics.zero_one_loss(split.y_test, decided)
    pair("sklearn_names_of_classes", "zero_one", wrong, n, tool="scikit-learn", files=["test.csv"])

    place = folder("sklearn_one_hot_labels")
    frame.add_prefix("prob_").to_csv(place / "predictions.csv")
    pd.get_dummies(split.y_test, prefix="label").to_csv(place / "labels.csv")
    pair("sklearn_one_hot_labels", "cross_entropy", loss, n, tool="pandas")

    split = wine()
    model = logistic(split)
    proba = model.predict_proba(split.test)
    loss = metrics.log_loss(split.y_test, proba)
    place = folder("pandas_proba_with_numbers_for_a_header")
    pd.DataFrame(proba).to_csv(place / "predictions.csv", index=False)
    split.y_test.to_csv(place / "labels.csv", index=False)
    pair(
        "pandas_proba_with_numbers_for_a_header", "cross_entropy", loss, n, tool="pandas", option=["--header"]
    )

    place = folder("pandas_proba_with_index_and_numbers")
    pd.DataFrame(proba, index=split.test.index).to_csv(place / "predictions.csv")
    split.y_test.sort_index().to_csv(place / "labels.csv")
    pair("pandas_proba_with_index_and_numbers", "cross_entropy", loss, n, tool="pandas")


def several() -> None:
    split = diabetes()
    targets = pd.DataFrame({"now": split.y_train, "later": split.y_train**0.5})
    truth = pd.DataFrame({"now": split.y_test, "later": split.y_test**0.5})
    found = pd.DataFrame(
        LinearRegression().fit(split.train, targets).predict(split.test), truth.index, truth.columns
    )
    place = folder("sklearn_several_outputs")
    found[["later", "now"]].add_prefix("pred_").to_csv(place / "predictions.csv")
    truth.add_prefix("label_").to_csv(place / "labels.csv")
    mse = metrics.mean_squared_error(truth, found)
    pair("sklearn_several_outputs", "mse", mse, len(found), tool="scikit-learn")

    split = cancer()
    kinds = pd.DataFrame({"malign": split.y_train, "large": (split.train["mean area"] > 600).astype(int)})
    truth = pd.DataFrame({"malign": split.y_test, "large": (split.test["mean area"] > 600).astype(int)})
    model = MultiOutputClassifier(LogisticRegression(C=1e-5)).fit(split.train[["mean texture"]], kinds)
    proba = [found[:, 1] for found in model.predict_proba(split.test[["mean texture"]])]
    frame = pd.DataFrame(dict(zip(("prob_malign", "prob_large"), proba, strict=True)), index=truth.index)
    place = folder("sklearn_multi_label")
    frame.join(truth.add_prefix("label_")).to_csv(place / "test.csv")
    both = zip((truth.malign, truth.large), proba, strict=True)
    loss = np.mean([metrics.log_loss(label, one) for label, one in both])
    pair("sklearn_multi_label", "log_loss", loss, len(truth), tool="scikit-learn", files=["test.csv"])


def arrays() -> None:
    split = diabetes()
    found = linear().predict(split.test)
    mse, n = metrics.mean_squared_error(split.y_test, found), len(found)
    place = folder("numpy_savetxt")
    np.savetxt(place / "predictions.txt", found)
    np.savetxt(place / "labels.txt", split.y_test)
    pair("numpy_savetxt", "mse", mse, n, tool="numpy", files=["predictions.txt", "labels.txt"])

    place = folder("numpy_savetxt_with_header")
    both = np.column_stack([split.y_test, found])
    np.savetxt(place / "both.csv", both, delimiter=",", header="y_true,y_pred", fmt="%.17g")
    pair("numpy_savetxt_with_header", "mse", mse, n, tool="numpy", files=["both.csv"])

    split = wine()
    proba = logistic(split).predict_proba(split.test)
    place = folder("numpy_savetxt_of_probabilities")
    np.savetxt(place / "proba.txt", proba)
    np.savetxt(place / "y.txt", split.y_test, fmt="%d")
    loss = metrics.log_loss(split.y_test, proba)
    pair(
        "numpy_savetxt_of_probabilities", "cross_entropy", loss, n, tool="numpy", files=["proba.txt", "y.txt"]
    )

    place = folder("numpy_savetxt_of_float_labels")
    np.savetxt(place / "proba.csv", proba, delimiter=",")
    np.savetxt(place / "y.csv", split.y_test)
    pair(
        "numpy_savetxt_of_float_labels", "cross_entropy", loss, n, tool="numpy", files=["proba.csv", "y.csv"]
    )

    place = folder("python_csv_writer")
    with (place / "results.csv").open("w", newline="") as file:
        out = csv.writer(file, quoting=csv.QUOTE_ALL)
        out.writerow(["sample_id", "ground truth", "estimate"])
        out.writerows(zip(range(n), diabetes().y_test, found, strict=True))
    pair("python_csv_writer", "mse", mse, n, tool="numpy", files=["results.csv"], after="Python's csv module")


def compressed() -> None:
    split = diabetes()
    found = linear().predict(split.test)
    frames = (
        pd.DataFrame({"id": split.test.index, "prediction": found}),
        pd.DataFrame({"id": split.test.index, "label": split.y_test}),
    )
    mae, n = metrics.mean_absolute_error(split.y_test, found), len(found)
    for suffix in ("gz", "zip", "bz2", "xz"):
        place = folder(f"pandas_{suffix}")
        names = [f"predictions.csv.{suffix}", f"labels.csv.{suffix}"]
        for frame, name in zip(frames, names, strict=True):
            # Without a time inside, it is the same file each time; a zip has one.
            how = {"method": "gzip", "mtime": 1} if suffix == "gz" else "infer"
            frame.to_csv(place / name, index=False, compression=how)
        pair(f"pandas_{suffix}", "mae", mae, n, tool="pandas", files=names)

    place = folder("pandas_excel_unicode_text")
    for frame, name in zip(frames, ("predictions.txt", "labels.txt"), strict=True):
        frame.to_csv(place / name, index=False, sep="\t", encoding="utf-16", lineterminator="\r\n")
    names = ["predictions.txt", "labels.txt"]
    pair("pandas_excel_unicode_text", "mae", mae, n, tool="pandas", files=names)

    place = folder("pandas_excel_utf8")
    for frame, name in zip(frames, ("predictions.csv", "labels.csv"), strict=True):
        frame.to_csv(place / name, index=False, encoding="utf-8-sig", lineterminator="\r\n")
    pair("pandas_excel_utf8", "mae", mae, n, tool="pandas")

    place = folder("pandas_german_excel")
    for frame, name in zip(frames, ("predictions.csv", "labels.csv"), strict=True):
        frame.to_csv(place / name, index=False, sep=";", decimal=",", encoding="utf-8-sig")
    pair("pandas_german_excel", "mae", mae, n, tool="pandas", option=["--decimal", ","])

    text = io.StringIO()
    frames[0].assign(label=split.y_test.to_numpy()).to_string(text, index=False)
    write("pandas_to_string", table_txt=text.getvalue() + "\n")
    shown = pd.read_csv(io.StringIO(text.getvalue()), sep=r"\s+")
    mae = metrics.mean_absolute_error(shown.label, shown.prediction)
    pair("pandas_to_string", "mae", mae, n, tool="pandas", files=["table.txt"])


def other_frames() -> None:
    split = diabetes()
    found = linear().predict(split.test)
    mse, n = metrics.mean_squared_error(split.y_test, found), len(found)
    place = folder("polars_write_csv")
    frame = pl.DataFrame({"row_id": split.test.index.to_numpy(), "prediction": found})
    frame.write_csv(place / "predictions.csv")
    frame = pl.DataFrame({"row_id": split.test.index.to_numpy(), "target": split.y_test.to_numpy()})
    frame.sort("row_id").write_csv(place / "labels.csv")
    pair("polars_write_csv", "mse", mse, n, tool="polars")

    place = folder("polars_quoted_semicolons")
    named = wine(named=True)
    model = logistic(named)
    proba = model.predict_proba(named.test)
    columns = {f"p_{name}": proba[:, at] for at, name in enumerate(model.classes_)}
    frame = pl.DataFrame({**columns, "label": named.y_test.to_list()})
    frame.write_csv(place / "test.csv", separator=";", quote_style="always")
    loss = metrics.log_loss(named.y_test, proba, labels=model.classes_)
    pair("polars_quoted_semicolons", "cross_entropy", loss, n, tool="polars", files=["test.csv"])

    scored = pd.DataFrame({"customer": split.test.index, "yhat": found})
    known = pd.DataFrame({"customer": split.test.index, "y": split.y_test.to_numpy()})
    with duckdb.connect() as connection:
        connection.register("scored", scored)
        connection.register("known", known)
        place = folder("duckdb_copy_with_pipes")
        connection.execute(f"COPY scored TO '{place}/scored.csv' (HEADER, DELIMITER '|')")
        connection.execute(f"COPY known TO '{place}/known.csv' (HEADER, DELIMITER '|')")
        files = ["scored.csv", "known.csv"]
        pair("duckdb_copy_with_pipes", "mse", mse, n, tool="duckdb", files=files)
        place = folder("duckdb_key_in_another_order")
        connection.execute(f"COPY (FROM scored ORDER BY yhat) TO '{place}/scored.csv' (HEADER)")
        connection.execute(f"COPY (FROM known ORDER BY customer) TO '{place}/known.csv' (HEADER)")
        option = ["--id", "customer"]
        pair("duckdb_key_in_another_order", "mse", mse, n, tool="duckdb", files=files, option=option)


def models_of_statistics() -> None:
    import statsmodels.api as sm

    split = diabetes()
    fitted = sm.OLS(split.y_train, sm.add_constant(split.train)).fit()
    place = folder("statsmodels_predict")
    fitted.predict(sm.add_constant(split.test)).rename("predicted_mean").to_csv(place / "predictions.csv")
    split.y_test.to_csv(place / "labels.csv")
    found = fitted.predict(sm.add_constant(split.test))
    mse, n = metrics.mean_squared_error(split.y_test, found), len(found)
    pair("statsmodels_predict", "mse", mse, n, tool="statsmodels")

    frame = fitted.get_prediction(sm.add_constant(split.test)).summary_frame()
    place = folder("statsmodels_summary_frame")
    frame.to_csv(place / "predictions.csv")
    split.y_test.to_csv(place / "labels.csv")
    pair("statsmodels_summary_frame", "mse", mse, n, tool="statsmodels", option=["--prediction", "mean"])

    place = folder("statsmodels_interval_by_option")
    frame.to_csv(place / "predictions.csv")
    split.y_test.to_csv(place / "labels.csv")
    below = (frame.obs_ci_lower - split.y_test).clip(lower=0)
    above = (split.y_test - frame.obs_ci_upper).clip(lower=0)
    score = (frame.obs_ci_upper - frame.obs_ci_lower + 2 / 0.05 * (below + above)).mean()
    more = ["--prediction", "obs_ci_lower", "--prediction", "obs_ci_upper"]
    pair(
        "statsmodels_interval_by_option", "interval_score:alpha=0.05", score, n, tool="statsmodels", more=more
    )
