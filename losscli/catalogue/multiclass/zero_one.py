"""Zero-one loss: 1 for a wrong class, 0 for the right one; its mean is the error rate."""

import numpy as np

from losscli.loss import Array, Convention, Example, Layout, Loss, Reference
from losscli.loss.domain import REAL, Columns
from losscli.loss.formulas import classwise
from losscli.loss.numeric import one_hot, true_column


def value(label: Array, prediction: Array) -> Array:
    said = prediction if prediction.ndim == 1 else prediction.argmax(axis=1)
    return (said != label).astype(np.float64)


def error(label: Array, prediction: Array) -> Array:
    return value(label, prediction) if prediction.ndim == 1 else 1.0 - true_column(prediction, label)


def perfect(label: Array, prediction: Array) -> Array:
    return label if prediction.ndim == 1 else one_hot(label, prediction.shape[1])


LOSS = Loss(
    name="zero_one",
    family="multiclass",
    value=value,
    error=error,
    perfect=perfect,
    label=classwise.label_domain,
    prediction=Columns(REAL),
    layout=Layout.CLASSES,
    class_predictions=True,
    convex=False,
    summary="1 if the predicted class is not the label, else 0; the cost is 1 − accuracy",
    formula="1 if argmaxₖ ŷₖ ≠ t else 0,  t the true class;  of equals the first column",
    use="decisions: what share of them is wrong, whatever the probabilities were",
    avoid="classes of unequal frequency (always saying the most frequent looks good), and training: it is "
    "flat, and has no gradient",
    pitfalls=(
        "of classes with equal scores the first column is the prediction: rounded probabilities tie often",
        "it is an error rate: accuracy is 1 minus the cost",
        "a small data set decides it by a few samples: look at n before comparing two models",
    ),
    conventions=(
        Convention("scikit-learn zero_one_loss", "the same for classes that were decided", "1"),
        Convention("scikit-learn accuracy_score", "accuracy is 1 − the cost"),
        Convention(
            "numpy.argmax, torch.argmax", "of equals the first; on a GPU torch does not promise which"
        ),
    ),
    examples=(
        Example(label=0.0, prediction=(0.5, 0.25, 0.25), loss=0.0),
        Example(label=1.0, prediction=(0.5, 0.25, 0.25), loss=1.0),
        Example(label=1.0, prediction=(0.5, 0.5), loss=1.0, note="of equals the first"),
        Example(label=1.0, prediction=(-3.0, -1.0, -2.0), loss=0.0, note="scores of any kind"),
    ),
    references=(
        Reference(
            "Hastie, Tibshirani and Friedman, The Elements of Statistical Learning, 2009, section 2.4",
            doi="10.1007/978-0-387-84858-7",
        ),
    ),
    remedies={"label": "Soft labels need cross_entropy; here a label is one class"},
)
