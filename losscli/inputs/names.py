"""The names by which columns are found, compared without case."""

PREDICTION_NAMES = ("prediction", "pred", "y_pred", "yhat", "score", "output")
LABEL_NAMES = ("label", "target", "y_true", "y", "truth", "true", "actual")
ID_NAMES = ("id", "sample_id", "row_id", "index", "sampleid")
