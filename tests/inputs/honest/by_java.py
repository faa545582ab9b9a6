"""Pairs written by H2O and Spark themselves, which need a Java; the costs are of scikit-learn's metrics."""

from __future__ import annotations

import shutil
from pathlib import Path

import h2o
import numpy as np
import pandas as pd
from data import Split, cancer, diabetes, wine
from h2o.estimators import H2OGeneralizedLinearEstimator
from make import folder, pair
from pyspark.ml.classification import LogisticRegression
from pyspark.ml.feature import VectorAssembler
from pyspark.ml.functions import vector_to_array
from pyspark.ml.regression import LinearRegression
from pyspark.sql import SparkSession
from pyspark.sql.functions import col
from sklearn import metrics


def make() -> None:
    """Make them all."""
    of_h2o()
    of_spark()


def of_h2o() -> None:
    h2o.init(nthreads=1, max_mem_size="1g", port=54777, verbose=False)
    h2o.no_progress()
    for name, split, family, loss in (
        ("h2o_two_numbers", cancer(), "binomial", "log_loss"),
        ("h2o_classes_with_names", wine(named=True), "multinomial", "cross_entropy"),
        ("h2o_regression", diabetes(), "gaussian", "mse"),
    ):
        place = folder(name)
        found = h2o_predictions(split, family)
        h2o.download_csv(found, str(place / "predictions.csv"))
        split.y_test.rename("label").to_csv(place / "labels.csv", index=False)
        frame = pd.read_csv(place / "predictions.csv", float_precision="round_trip")
        if family == "gaussian":
            cost = metrics.mean_squared_error(split.y_test, frame.predict)
            pair(name, loss, cost, len(frame), tool="h2o")
        elif family == "binomial":
            option = ["--prediction", "p1"]
            cost = metrics.log_loss(split.y_test, frame.p1)
            pair(name, loss, cost, len(frame), tool="h2o", option=option)
        else:
            cost = metrics.log_loss(split.y_test, frame.drop(columns="predict"), labels=frame.columns[1:])
            pair(name, loss, cost, len(frame), tool="h2o")
    # The same file answers two more questions.
    place = folder("h2o_classes_by_a_letter")
    for file in ("predictions.csv", "labels.csv"):
        shutil.copy(place.parent / "h2o_two_numbers" / file, place / file)
    frame = pd.read_csv(place / "predictions.csv", float_precision="round_trip")
    cost = metrics.log_loss(cancer().y_test, frame[["p0", "p1"]])
    pair("h2o_classes_by_a_letter", "cross_entropy", cost, len(frame), tool="h2o")
    h2o.cluster().shutdown()


def h2o_predictions(split: Split, family: str) -> h2o.H2OFrame:
    """Return what a model of H2O predicts for the rows to test."""
    train = h2o.H2OFrame(split.train.assign(y=split.y_train))
    if family != "gaussian":
        train["y"] = train["y"].asfactor()
    model = H2OGeneralizedLinearEstimator(family=family, lambda_=0.1, seed=1)
    model.train(x=list(split.train.columns), y="y", training_frame=train)
    return model.predict(h2o.H2OFrame(split.test))


def of_spark() -> None:
    spark = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false").getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    found = spark_predictions(spark, cancer(), LogisticRegression(regParam=1.0))
    shares = vector_to_array(col("probability"))
    columns = [col("label"), shares[0].alias("probability[0]"), shares[1].alias("probability[1]")]
    options = (
        ("spark_part_file", [*columns, col("prediction")], "brier", ["--prediction", "probability[1]"]),
        ("spark_class_columns", columns, "cross_entropy", []),
    )
    for name, chosen, loss, option in options:
        part = spark_part(found.select(chosen), folder(name))
        frame = pd.read_csv(part, float_precision="round_trip")
        share = frame[["probability[0]", "probability[1]"]].to_numpy()
        costs = {
            "brier": np.mean((share[:, 1] - frame.label) ** 2),
            "cross_entropy": metrics.log_loss(frame.label, share),
        }
        pair(name, loss, costs[loss], len(frame), tool="pyspark", files=[part.name], option=option)

    found = spark_predictions(spark, diabetes(), LinearRegression())
    part = spark_part(found.select("label", "prediction"), folder("spark_regression"))
    frame = pd.read_csv(part, float_precision="round_trip")
    cost = metrics.mean_squared_error(frame.label, frame.prediction)
    pair("spark_regression", "mse", cost, len(frame), tool="pyspark", files=[part.name])
    spark.stop()


def spark_predictions(spark: SparkSession, split: Split, model):
    """Return the frame in which a model of Spark has transformed the rows to test."""
    names = list(split.train.columns)
    frames = [
        VectorAssembler(inputCols=[name.replace(" ", "_") for name in names], outputCol="features").transform(
            spark.createDataFrame(
                data.rename(columns=lambda name: name.replace(" ", "_")).assign(label=label)
            )
        )
        for data, label in ((split.train, split.y_train), (split.test, split.y_test))
    ]
    return model.fit(frames[0]).transform(frames[1])


def spark_part(frame, place: Path) -> Path:
    """Write a frame as Spark does, and return the one part, moved into a folder under a shorter name."""
    frame.coalesce(1).write.csv(str(place / "out"), header=True)
    (part,) = (place / "out").glob("part-*.csv")
    kept = part.rename(place / "part-00000.csv")
    shutil.rmtree(place / "out")
    return kept
