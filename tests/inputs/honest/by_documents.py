"""Pairs after the documented formats of tools that did not run, with predictions of scikit-learn."""

from __future__ import annotations

import numpy as np
from data import cancer, diabetes, linear, logistic, wine
from make import pair, write
from sklearn import metrics


def make() -> None:
    """Make them all."""
    of_r()
    of_r_classes()
    of_kaggle()
    of_services()
    of_deep_learning()
    of_other_programs()


def table(header: str, *columns, separator: str = ",", number=repr) -> str:
    """Return lines of columns; floats as Python writes them, unless `number` says how."""
    rows = zip(*[np.asarray(column).tolist() for column in columns], strict=True)
    lines = [separator.join(number(x) if isinstance(x, float) else str(x) for x in row) for row in rows]
    return "".join(f"{line}\n" for line in ([header] if header else []) + lines)


def r_number(value: float) -> str:
    """Return 15 digits, as R writes numbers."""
    return f"{value:.15g}"


def german(value: float) -> str:
    """Return 15 digits with a decimal comma, as write.csv2 does."""
    return r_number(value).replace(".", ",")


def quoted(values) -> list[str]:
    """Return texts in quotes."""
    return [f'"{value}"' for value in values]


def of_r() -> None:
    split = diabetes()
    found = np.array([float(r_number(value)) for value in linear().predict(split.test)])
    mse, n = metrics.mean_squared_error(split.y_test, found), len(found)
    rows, label = quoted(range(1, n + 1)), split.y_test.to_numpy()
    after = "write.csv quotes texts and names, and writes row names in a column whose name is empty"
    write(
        "r_write_csv",
        predictions_csv=table('"","prediction"', rows, found, number=r_number),
        labels_csv=table('"","y"', rows, label, number=r_number),
    )
    pair("r_write_csv", "mse", mse, n, tool="R", after=after)
    write(
        "r_write_csv_of_a_vector",
        predictions_csv=table('"","x"', rows, found, number=r_number),
        labels_csv=table('"","x"', rows, label, number=r_number),
    )
    pair("r_write_csv_of_a_vector", "mse", mse, n, tool="R", after=after)
    write(
        "r_write_csv2",
        predictions_csv=table('"";"prediction"', rows, found, separator=";", number=german),
        labels_csv=table('"";"label"', rows, label, separator=";", number=german),
    )
    pair("r_write_csv2", "mse", mse, n, tool="R", after="write.csv2", option=["--decimal", ","])
    write(
        "r_broom_augment",
        augmented_csv=table("y,bmi,.fitted,.resid", label, split.test.bmi, found, label - found),
    )
    after = "broom's augment adds .fitted and .resid to the data"
    option = ["--prediction", ".fitted"]
    pair(
        "r_broom_augment", "mse", mse, n, tool="R broom", after=after, files=["augmented.csv"], option=option
    )
    write(
        "r_tidymodels_augment",
        augmented_csv=table(".pred,.resid,y,bmi", found, label - found, label, split.test.bmi),
    )
    after = "parsnip's augment adds .pred and .resid to the data, readr writes them without row names"
    pair("r_tidymodels_augment", "mse", mse, n, tool="R tidymodels", after=after, files=["augmented.csv"])
    lower, upper = found - 100.0, found + 100.0
    score = np.mean(200 + 40 * (np.clip(lower - label, 0, None) + np.clip(label - upper, 0, None)))
    write(
        "r_predict_interval",
        predictions_csv=table('"","fit","lwr","upr"', rows, found, lower, upper),
        labels_csv=table('"","label"', rows, label),
    )
    after = "predict.lm(interval = 'prediction') has the columns fit, lwr and upr"
    pair("r_predict_interval", "interval_score:alpha=0.05", score, n, tool="R", after=after)


def of_r_classes() -> None:
    split = wine(named=True)
    model = logistic(split)
    proba, decided = model.predict_proba(split.test), model.predict(split.test)
    loss, n = metrics.log_loss(split.y_test, proba, labels=model.classes_), len(proba)
    rows, names = quoted(range(1, n + 1)), model.classes_
    write(
        "r_caret_type_prob",
        predictions_csv=table(",".join(quoted(["", *names])), rows, *proba.T),
        labels_csv=table('"","Class"', rows, quoted(split.y_test)),
    )
    after = "caret's predict(type = 'prob') has a column per class"
    pair("r_caret_type_prob", "cross_entropy", loss, n, tool="R caret", after=after)
    head = ",".join([".pred_class", *(f".pred_{name}" for name in names), "truth"])
    write("r_tidymodels_classes", augmented_csv=table(head, decided, *proba.T, split.y_test))
    after = "parsnip's augment adds .pred_class and .pred_<level>"
    pair(
        "r_tidymodels_classes",
        "cross_entropy",
        loss,
        n,
        tool="R tidymodels",
        after=after,
        files=["augmented.csv"],
    )
    write("r_tidymodels_accuracy", augmented_csv=table(".pred_class,truth", decided, split.y_test))
    wrong = metrics.zero_one_loss(split.y_test, decided)
    pair(
        "r_tidymodels_accuracy",
        "zero_one",
        wrong,
        n,
        tool="R tidymodels",
        after=after,
        files=["augmented.csv"],
    )


def of_kaggle() -> None:
    split = diabetes()
    found, n = linear().predict(split.test), len(split.test)
    ids, label = np.arange(1461, 1461 + n), split.y_test.to_numpy()
    order = np.random.default_rng(0).permutation(n)
    write(
        "kaggle_house_prices",
        submission_csv=table("Id,SalePrice", ids, found),
        solution_csv=table("Id,SalePrice", ids[order], label[order]),
    )
    rmsle = metrics.root_mean_squared_log_error(label, found)
    files = ["submission.csv", "solution.csv"]
    after = "a submission and its solution have the same columns, the first one the key"
    pair("kaggle_house_prices", "rmsle", rmsle, n, tool="Kaggle", after=after, files=files)
    usage = np.where(np.arange(n) % 3 == 0, "Public", "Private")
    write(
        "kaggle_solution_with_usage",
        submission_csv=table("id,target", ids, found),
        solution_csv=table("id,target,Usage", ids[order], label[order], usage),
    )
    rmse = metrics.root_mean_squared_error(label, found)
    pair("kaggle_solution_with_usage", "rmse", rmse, n, tool="Kaggle", after=after, files=files)

    split = cancer()
    proba = logistic(split).predict_proba(split.test)[:, 1]
    decided, label = (proba > 0.5).astype(int), split.y_test.to_numpy()
    write(
        "kaggle_titanic",
        submission_csv=table("PassengerId,Survived", ids, decided),
        solution_csv=table("PassengerId,Survived", ids[order], label[order]),
    )
    option = ["--id", "PassengerId"]
    wrong = metrics.zero_one_loss(label, decided)
    pair("kaggle_titanic", "zero_one", wrong, n, tool="Kaggle", after=after, files=files, option=option)
    write(
        "kaggle_probabilities",
        submission_csv=table("TransactionID,isFraud", ids, proba),
        solution_csv=table("TransactionID,isFraud", ids, label),
    )
    loss = metrics.log_loss(label, proba)
    option = ["--id", "TransactionID"]
    pair("kaggle_probabilities", "log_loss", loss, n, tool="Kaggle", after=after, files=files, option=option)

    split = wine()
    proba = logistic(split).predict_proba(split.test)
    write(
        "kaggle_otto",
        submission_csv=table("id,Class_1,Class_2,Class_3", ids, *proba.T),
        solution_csv=table(
            "id,target", ids[order], [f"Class_{1 + name}" for name in split.y_test.to_numpy()[order]]
        ),
    )
    loss = metrics.log_loss(split.y_test, proba)
    after = "the Otto competition: a column per class, called as the labels are"
    pair("kaggle_otto", "cross_entropy", loss, n, tool="Kaggle", after=after, files=files)


def of_services() -> None:
    split = cancer()
    proba = logistic(split).predict_proba(split.test)[:, 1]
    decided, label, n = (proba > 0.5).astype(int), split.y_test.to_numpy(), len(proba)
    loss, wrong = metrics.log_loss(label, proba), metrics.zero_one_loss(label, decided)
    sure = np.where(decided == 1, proba, 1 - proba).round(4)
    features = split.test["mean area"]
    files = ["scored.csv"]
    write(
        "pycaret_accuracy",
        predictions_csv=table("area,prediction_label,prediction_score", features, decided, sure),
        labels_csv=table("target", label),
    )
    after = "predict_model adds prediction_label and prediction_score, which is how sure the decision was"
    pair("pycaret_accuracy", "zero_one", wrong, n, tool="PyCaret", after=after)
    write(
        "azure_scored_probabilities",
        scored_csv=table("label,Scored Labels,Scored Probabilities", label, decided, proba),
    )
    option = ["--prediction", "Scored Probabilities"]
    after = "Score Model adds the columns Scored Labels and Scored Probabilities"
    pair(
        "azure_scored_probabilities",
        "log_loss",
        loss,
        n,
        tool="Azure ML",
        after=after,
        files=files,
        option=option,
    )
    write("sagemaker_batch_transform", test_csv_out=table("", proba), labels_csv=table("", label))
    after = "a line a row, without header; the file has the name of its input and .out"
    pair(
        "sagemaker_batch_transform",
        "log_loss",
        loss,
        n,
        tool="SageMaker",
        after=after,
        files=["test_csv.out", "labels.csv"],
    )
    write("bigquery_predicted_label", scored_csv=table("predicted_label,label", decided, label))
    after = "ML.PREDICT adds predicted_<label column> to the columns of the table"
    pair("bigquery_predicted_label", "zero_one", wrong, n, tool="BigQuery ML", after=after, files=files)
    write(
        "mlflow_eval_table",
        scored_csv=table("mean_area,target,prediction,score", features, label, decided, proba),
    )
    after = "evaluate() writes the table of the data with the columns target, prediction and score"
    option = ["--prediction", "score"]
    pair("mlflow_eval_table", "log_loss", loss, n, tool="MLflow", after=after, files=files, option=option)

    split = wine(named=True)
    model = logistic(split)
    proba, index = model.predict_proba(split.test), split.test.index
    write(
        "autogluon_predict_proba",
        predictions_csv=table(",".join(["", *model.classes_]), index, *proba.T),
        labels_csv=table(",class", index, split.y_test),
    )
    after = "predict_proba returns a frame with the index of the data and a column per class"
    loss = metrics.log_loss(split.y_test, proba, labels=model.classes_)
    pair("autogluon_predict_proba", "cross_entropy", loss, n, tool="AutoGluon", after=after)
    write(
        "autogluon_predict",
        predictions_csv=table(",class", index, model.predict(split.test)),
        labels_csv=table(",class", index, split.y_test),
    )
    after = "predict returns a series with the index of the data and the name of the label"
    wrong = metrics.zero_one_loss(split.y_test, model.predict(split.test))
    pair("autogluon_predict", "zero_one", wrong, n, tool="AutoGluon", after=after)


def of_deep_learning() -> None:
    split = cancer()
    proba = logistic(split).predict_proba(split.test)[:, 1].astype(np.float32).astype(np.float64)
    label, n = split.y_test.to_numpy(), len(proba)
    fixed = [f"{value:.18e}" for value in proba]
    write("keras_sigmoid_savetxt", predictions_txt=table("", fixed), labels_txt=table("", label))
    after = "np.savetxt of model.predict, whose shape is (rows, 1) and float32"
    loss = -np.log(np.where(label == 1, proba, 1 - proba)).mean()
    files = ["predictions.txt", "labels.txt"]
    pair("keras_sigmoid_savetxt", "log_loss", loss, n, tool="Keras", after=after, files=files)

    split = wine()
    logits = logistic(split).decision_function(split.test)
    label = split.y_test.to_numpy()
    share = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    loss = metrics.log_loss(label, share)
    write(
        "huggingface_trainer_logits",
        logits_csv=table("logit_0,logit_1,logit_2", *logits.T),
        labels_csv=table("label", label),
    )
    after = "Trainer.predict returns predictions of shape (rows, classes) and label_ids"
    files = ["logits.csv", "labels.csv"]
    pair(
        "huggingface_trainer_logits",
        "cross_entropy:from_logits=true",
        loss,
        n,
        tool="Hugging Face",
        after=after,
        files=files,
    )
    decided = logits.argmax(axis=1)
    write(
        "huggingface_run_glue",
        predict_results_tsv=table("index\tprediction", range(n), decided, separator="\t"),
        test_tsv=table("index\tlabel", range(n), label, separator="\t"),
    )
    after = "run_glue.py writes predict_results_<task>.txt: tabs, index and prediction"
    wrong = metrics.zero_one_loss(label, decided)
    pair(
        "huggingface_run_glue",
        "zero_one",
        wrong,
        n,
        tool="Hugging Face",
        after=after,
        files=["predict_results.tsv", "test.tsv"],
    )

    split = diabetes()
    found, label = linear().predict(split.test), split.y_test.to_numpy()
    days = [f"2024-01-{day:02}" for day in range(1, n + 1)]
    write(
        "prophet_forecast",
        forecast_csv=table("ds,trend,yhat,yhat_lower,yhat_upper", days, found, found, found - 9, found + 9),
        history_csv=table("ds,y", days, label),
    )
    after = "predict returns a frame with ds, yhat, yhat_lower and yhat_upper; the data has ds and y"
    mae, files = metrics.mean_absolute_error(label, found), ["forecast.csv", "history.csv"]
    pair("prophet_forecast", "mae", mae, n, tool="Prophet", after=after, files=files)


def of_other_programs() -> None:
    split = diabetes()
    found, label, n = linear().predict(split.test), split.y_test.to_numpy(), len(split.test)
    mse = metrics.mean_squared_error(label, found)
    wide = [f"{value:16.7e}" for value in found]
    write(
        "matlab_save_ascii",
        predictions_txt=table("", wide),
        labels_txt=table("", [f"{x:16.7e}" for x in label]),
    )
    shown = np.array(wide, dtype=np.float64)
    rounded = metrics.mean_squared_error(label, shown)
    files = ["predictions.txt", "labels.txt"]
    pair(
        "matlab_save_ascii",
        "mse",
        rounded,
        n,
        tool="MATLAB",
        after="save -ascii: 16 wide, 8 digits",
        files=files,
    )
    write("matlab_writematrix", both_csv=table("", label, found, number=r_number))
    shown = [float(r_number(value)) for value in found]
    rounded = metrics.mean_squared_error(label, shown)
    pair(
        "matlab_writematrix",
        "mse",
        rounded,
        n,
        tool="MATLAB",
        after="writematrix: commas, 15 digits, no header",
        files=["both.csv"],
        more=["--label", "0"],
    )
    write(
        "weka_csv",
        results_csv=table("inst#,actual,predicted,error", range(1, n + 1), label, found, found - label),
    )
    after = "weka.classifiers.evaluation.output.prediction.CSV"
    files = ["results.csv"]
    pair("weka_csv", "mse", mse, n, tool="Weka", after=after, files=files)
    write(
        "sas_proc_export",
        results_csv=table("ID,Y,Predicted", range(1, n + 1), label, found).replace("\n", "\r\n"),
    )
    pair("sas_proc_export", "mse", mse, n, tool="SAS", after="PROC EXPORT dbms=csv: CRLF", files=files)
    write(
        "vowpal_wabbit",
        predictions_txt=table("", [f"{value:.6f}" for value in found]),
        labels_txt=table("", label),
    )
    rounded = metrics.mean_squared_error(label, [float(f"{value:.6f}") for value in found])
    files = ["predictions.txt", "labels.txt"]
    pair(
        "vowpal_wabbit",
        "mse",
        rounded,
        n,
        tool="Vowpal Wabbit",
        after="-p writes a number a line",
        files=files,
    )
    write("stata_export_delimited", results_csv=table("id,y,yhat", range(1, n + 1), label, found))
    pair(
        "stata_export_delimited", "mse", mse, n, tool="Stata", after="export delimited", files=["results.csv"]
    )
    rows = "".join(
        f"{at}\t{a!r}\t{b!r}\r\n"
        for at, (a, b) in enumerate(zip(label.tolist(), found.tolist(), strict=True))
    )
    write("excel_unicode_text", results_txt=f"Id\tActual\tForecast\r\n{rows}".encode("utf-16"))
    after = "Unicode Text: UTF-16 with a mark, tabs, CRLF"
    pair("excel_unicode_text", "mse", mse, n, tool="Excel", after=after, files=["results.txt"])

    split = cancer()
    proba = logistic(split).predict_proba(split.test)[:, 1]
    sign, scores = np.where(split.y_test == 1, 1, -1), logistic(split).decision_function(split.test)
    write("libsvm_decisions", scores_txt=table("", scores), labels_txt=table("", sign))
    hinge = metrics.hinge_loss(sign, scores)
    files = ["scores.txt", "labels.txt"]
    pair(
        "libsvm_decisions",
        "hinge",
        hinge,
        n,
        tool="LIBSVM",
        after="a decision value a line, labels −1 and +1",
        files=files,
    )
    share = np.column_stack([1 - proba, proba])
    words = np.array(["tested_negative", "tested_positive"])[split.y_test.to_numpy()]
    after = "learners append P (<column>=<class>); a CSV Writer quotes texts"
    head = 'RowID,"P (class=tested_negative)","P (class=tested_positive)",class'
    write(
        "knime_probabilities",
        scored_csv=table(head, quoted(f"Row{at}" for at in range(n)), *share.T, quoted(words)),
    )
    loss = metrics.log_loss(words, share)
    option = ["--label", "class"]
    pair(
        "knime_probabilities",
        "cross_entropy",
        loss,
        n,
        tool="KNIME",
        after=after,
        files=["scored.csv"],
        option=option,
    )
