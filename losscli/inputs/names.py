"""The names by which columns are found, compared without case, and with `-`, `_`, blank and `.` alike."""

from __future__ import annotations

PREDICTION_NAMES = (
    *("prediction", "predictions", "pred", "y_pred", "yhat", "y_hat", "predicted", "forecast", "estimate"),
    *("score", "output"),
)
LABEL_NAMES = (
    *("label", "labels", "target", "y_true", "truth", "ground_truth", "groundtruth", "gt"),
    *("true", "actual", "observed", "y"),
)
ID_NAMES = ("id", "sample_id", "row_id", "index", "sampleid")
USUAL = {"prediction": PREDICTION_NAMES, "label": LABEL_NAMES}
GIVE_WAY = ("score", "output", "y")
"""Usual names that are none where another usual name of the role is in the file."""
_ALIKE = str.maketrans("- .", "___")


def plain(name: str) -> str:
    """Return a name as it is compared: small letters, one mark between words."""
    return name.lower().translate(_ALIKE)
