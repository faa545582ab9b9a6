"""The names by which columns are found, compared without case, and with `-`, `_`, blank and `.` alike."""

from __future__ import annotations

import re

PREDICTION_NAMES = (
    *("prediction", "predictions", "pred", "y_pred", "yhat", "y_hat", "predicted", "forecast", "estimate"),
    *("score", "output"),
)
LABEL_NAMES = (
    *("label", "labels", "target", "y_true", "truth", "ground_truth", "groundtruth", "gt"),
    *("true", "actual", "observed", "true_label", "actual_label", "gold_label", "y"),
)
ID_NAMES = ("id", "sample_id", "row_id", "index", "sampleid")
PANDAS_INDEXES = tuple(f"__index_level_{level}__" for level in range(9))
"""What pandas calls an index without a name, or its levels, where it writes Parquet or Feather."""
USUAL = {"prediction": PREDICTION_NAMES, "label": LABEL_NAMES}
GIVE_WAY = ("score", "output", "y")
"""Usual names that are none where another usual name of the role is in the file."""
DECIDED_NAMES = (
    *("predict", "prediction_label", "prediction_class", "predicted_label", "predicted_class"),
    *("pred_label", "pred_class"),
)
"""The class that was decided, in files of some tools: a prediction for who reads names of classes."""
HOW_SURE = ("prediction_score", "prediction_probability", "score", "scores", "confidence")
DECISION_NAMES = (*DECIDED_NAMES, *HOW_SURE[:2])
"""What stands beside the class columns in files of some tools: the class that was decided, and how surely."""
NO_PREDICTIONS = (
    *("residual", "residuals", "resid", "error", "errors", "abs_error", "absolute_error", "squared_error"),
    *("loss", "log_prediction", "log_pred"),
)
"""What is made of a prediction, and is none, though no other column is left."""
NEGATIVE_CLASSES = ("0", "no", "neg", "negative", "false")
"""What the class is called whose probability is that of a label 0."""
NO_CLASSES = ("p_value", "p_val", "p_values")
"""What begins as a class column does, and is the outcome of a test."""
PROBABILITY_NAMES = (
    *("probability", "probabilities", "prob", "proba", "score", "scores", "confidence", "prediction_score"),
    *("prediction_probability", "rawprediction", "raw_prediction", "logit", "logits", "decision_function"),
    *("pred_proba", "pred_prob", "prediction_proba", "prediction_prob", "y_score", "y_prob", "y_proba"),
)
HEADER_WORDS = frozenset(
    (
        *"_".join((*PREDICTION_NAMES, *LABEL_NAMES, *ID_NAMES, *PROBABILITY_NAMES)).split("_"),
        *("pred", "predict", "preds", "class", "classes", "category", "group", "type", "kind", "species"),
        *("variety", "outcome", "sentiment", "topic", "genre", "intent", "diagnosis"),
    )
)
"""Words in names of columns: a first line with one of them is a header, unless a class has it too."""
_ALIKE = str.maketrans("- .", "___")
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+|[^\W\d_A-Za-z]+")


def undotted(name: str) -> str:
    """Return a name without the point that R's tidymodels puts before names of its own, as `.pred`."""
    return name.removeprefix(".")


def plain(name: str) -> str:
    """Return a name as it is compared: small letters, one mark between words."""
    return undotted(name).lower().translate(_ALIKE)


def says_header(name: str) -> set[str]:
    """Return the words in a name that names of columns have; none where it counts, as `class 1` does."""
    found = words(name)
    counts = any(len(word) == 1 for word in found - {"y"}) or any(map(str.isdigit, name))
    return set() if counts else found & HEADER_WORDS


def words(name: str) -> set[str]:
    """Return the words of a name in small letters: `trueClass` and `true_class` have two."""
    return {word.lower() for word in _WORD.findall(name)}
