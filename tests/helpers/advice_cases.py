"""Small data of every kind that `recommend` tells apart, by a name: predictions, labels, the first spec."""

from __future__ import annotations

import numpy as np
import pandas as pd


def frame(prefix, values, names):
    return pd.DataFrame({f"{prefix}{name}": values[:, at] for at, name in enumerate(names)})


def softmax(scores):
    grown = np.exp(scores - scores.max(axis=1, keepdims=True))
    return grown / grown.sum(axis=1, keepdims=True)


def every_kind(n=400):
    """Return data of every kind, each with the loss that comes first."""
    random = np.random.default_rng(5)
    scores = 2.0 * random.normal(size=(n, 3))
    label = (scores + random.gumbel(size=scores.shape)).argmax(axis=1)
    names = np.array(["cat", "dog", "eel"])
    words = pd.DataFrame({"label": names[label]})
    rare = np.where(random.random(n) < 0.95, 0, label)
    one_hot = np.eye(3)[label]
    soft = softmax(scores + random.normal(size=scores.shape))
    mean = random.normal(size=n)
    real = mean + random.normal(size=n)
    logit = 2.0 * random.normal(size=n)
    binary = (random.random(n) < 1.0 / (1.0 + np.exp(-logit))).astype(int)
    sign = 2 * binary - 1
    corner = random.uniform(0.0, 5.0, (n, 2))
    size = random.uniform(1.0, 3.0, (n, 2))
    box = np.hstack([corner, corner + size])
    shifted = box + np.tile(random.normal(scale=0.3, size=(n, 2)), 2)
    unit = random.normal(size=(n, 4))
    unit /= np.linalg.norm(unit, axis=1, keepdims=True)
    near = unit + 0.1 * random.normal(size=unit.shape)
    near /= np.linalg.norm(near, axis=1, keepdims=True)
    corners = ("x1", "y1", "x2", "y2")
    several = frame("prediction_", real[:, None] + np.zeros((1, 2)), "ab")
    return {
        "logits": (logit, binary, "binary_cross_entropy:from_logits=true"),
        "rare_logits": (logit - 6.0, (random.random(n) < 0.02).astype(int), "binary_focal:from_logits=true"),
        "signs_and_logits": (logit, sign, "logistic"),
        "signs_and_scores": (0.2 * logit, sign, "hinge"),
        "hard_numbers": (binary, binary, "zero_one"),
        "hard_words": (words.rename(columns={"label": "prediction"}), words, "zero_one"),
        "class_probabilities": (frame("prob_", softmax(scores), names), words, "cross_entropy"),
        "class_logits": (frame("logit_", scores, names), words, "cross_entropy:from_logits=true"),
        "class_amounts": (
            frame("score_", 100.0 * softmax(scores), names),
            words,
            "cross_entropy:normalize=true",
        ),
        "log_probabilities": (frame("score_", np.log(softmax(scores)), names), words, "nll"),
        "one_hot": (frame("prob_", softmax(scores), names), frame("label_", one_hot, names), "cross_entropy"),
        "rare_class": (
            frame("prob_", softmax(scores), names),
            pd.DataFrame({"label": names[rare]}),
            "focal",
        ),
        "distributions": (
            frame("prob_", softmax(scores), names),
            frame("label_", soft, names),
            "kl_divergence",
        ),
        "soft_and_logits": (
            frame("logit_", scores, names),
            frame("label_", soft, names),
            "cross_entropy:from_logits=true",
        ),
        "interval": (
            pd.DataFrame({"lower": mean - 1.6, "upper": mean + 1.6}),
            pd.DataFrame({"label": real}),
            "interval_score",
        ),
        "variance": (
            pd.DataFrame({"prediction": mean, "variance": np.ones(n)}),
            pd.DataFrame({"label": real}),
            "gaussian_nll",
        ),
        "std": (
            pd.DataFrame({"prediction": mean, "std": np.ones(n)}),
            pd.DataFrame({"label": real}),
            "gaussian_crps",
        ),
        "boxes": (frame("prediction_", shifted, corners), frame("label_", box, corners), "ciou"),
        "unit_vectors": (frame("prediction_", near, "abcd"), frame("label_", unit, "abcd"), "cosine"),
        "several_outputs": (several, frame("label_", random.normal(size=(n, 2)), "ab"), "mse"),
        "perfect": (real, real, "mse"),
    }
