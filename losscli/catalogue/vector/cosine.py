"""Cosine loss: one minus the cosine of the angle between two vectors, whatever their lengths."""

import numpy as np

from losscli.loss import REAL, Array, Columns, Convention, Example, Layout, Loss, Reference, called, distance
from losscli.loss.numeric import row_sum

DIRECTED = Columns(REAL, nonzero=True)
REMEDY = "A vector of zeros has no direction: --bad-rows drop leaves such rows out"
NEARLY_PARALLEL = 0.99
NOISE = 2.0**-100
SPLITTER = 2.0**27 + 1.0


def tamed(vectors: Array) -> tuple[Array, Array, Array]:
    """Return the vectors, where need be at other lengths; the squares of these; and the factors to them.

    Factors are powers of two, so that nothing is rounded, and 1 for lengths whose squares neither
    overflow nor vanish.
    """
    square = row_sum(vectors * vectors)
    factor = np.ones(len(vectors))
    wild = ~((square > 1e-100) & (square < 1e100))
    if wild.any():
        _, exponent = np.frexp(np.abs(vectors[wild]).max(axis=1))
        factor[wild] = np.ldexp(1.0, -np.clip(exponent, -1000, 1000))
        vectors = vectors * factor[:, None]
        square[wild] = row_sum(np.square(vectors[wild]))
    return vectors, square, factor


def value(label: Array, prediction: Array) -> Array:
    y, y_square, _ = tamed(label)
    p, p_square, _ = tamed(prediction)
    cosine = row_sum(p * y)
    cosine /= np.sqrt(p_square) * np.sqrt(y_square)
    losses = np.maximum(1.0 - cosine, 0.0)
    near = cosine > NEARLY_PARALLEL
    if near.any():
        losses[near] = square_of_sine(y[near], p[near]) / (1.0 + cosine[near])
    return losses


def square_of_sine(y: Array, p: Array) -> Array:
    """Return sin² of the angle, from the part of p that is across y: 1 − cos = sin² / (1 + cos)."""
    square = row_sum(y * y)
    across = minus_multiple(p, y, row_sum(p * y) / square)
    rounded = row_sum(across * across)
    # What rounding the multiple has left along y goes the same way; of parallel vectors nothing stays.
    across -= (row_sum(across * y) / square)[:, None] * y
    found = row_sum(across * across)
    found[found < NOISE * rounded] = 0.0
    return found / row_sum(p * p)


def minus_multiple(p: Array, y: Array, multiple: Array) -> Array:
    """Return p − multiple · y, the product with twice the digits, for each row.

    Dekker, A Floating-Point Technique for Extending the Available Precision, 1971.
    """
    factor = multiple[:, None]
    product = factor * y
    factor_high, y_high = high_half(factor), high_half(y)
    factor_low, y_low = factor - factor_high, y - y_high
    rest = factor_high * y_high - product
    rest += factor_high * y_low
    rest += factor_low * y_high
    rest += factor_low * y_low
    return (p - product) - rest


def high_half(x: Array) -> Array:
    """Return the upper half of the digits (Veltkamp's splitting)."""
    large = SPLITTER * x
    return large - (large - x)


def gradient(label: Array, prediction: Array) -> Array:
    y, y_square, _ = tamed(label)
    p, p_square, factor = tamed(prediction)
    length = np.sqrt(p_square)
    y = y / np.sqrt(y_square)[:, None]
    p = p / length[:, None]
    # cos · p − y, in an order that keeps digits where the vectors are nearly parallel.
    apart = p - y
    apart -= row_sum(p * apart)[:, None] * p
    # One after the other: the quotient of both may be infinite, and what it meets 0.
    apart /= length[:, None]
    apart *= factor[:, None]
    return apart


LOSS = Loss(
    name="cosine",
    family="vector",
    value=value,
    gradient=gradient,
    error=distance,
    label=DIRECTED,
    prediction=DIRECTED,
    layout=Layout.VECTOR,
    convex=False,
    bounds=(0.0, 2.0),
    summary="how far the direction of a vector is from the label's: 0 the same, 1 at right angles, 2 "
    "opposite",
    formula="1 − cos(ŷ, y) = 1 − Σ ŷₖ yₖ / (|ŷ| |y|)",
    gradient_formula="(cos(ŷ, y) ŷ/|ŷ| − y/|y|) / |ŷ|",
    use="embeddings and other vectors whose direction counts and whose length is arbitrary",
    avoid="where the length means something: twice the right answer costs nothing (see mse)",
    pitfalls=(
        "a vector of zeros has no direction, and is refused; other libraries silently return 1 or nan",
        "the gradient shrinks with the length of the prediction, and is 0 where it points the opposite way",
        "with a single column only the sign counts",
        "similarity is 1 minus the loss; some libraries report minus the similarity",
    ),
    conventions=(
        Convention(
            "torch.nn.CosineEmbeddingLoss, target 1",
            "adds 1e-12 to the squared lengths: the same, except for short vectors; a zero vector costs 1",
            "1",
        ),
        Convention("scikit-learn cosine_distances", "the same; a zero vector costs 1", "1"),
        Convention("scipy.spatial.distance.cosine", "the same; a zero vector costs nan", "1"),
        Convention(
            "keras.losses.CosineSimilarity",
            "minus the cosine: the cost is 1 + theirs",
            "",
            ("keras.losses.CosineSimilarity",),
        ),
        Convention(
            "scikit-learn cosine_similarity",
            "the similarity, −1 to 1: the loss is 1 minus this",
            "",
            ("sklearn.metrics.pairwise.cosine_similarity", "optax.cosine_similarity"),
        ),
    ),
    elsewhere=called(
        "sklearn.metrics.pairwise.cosine_distances",
        "optax.cosine_distance",
        "scipy.spatial.distance.cosine",
        "literature cosine_loss",
    ),
    examples=(
        Example(label=(1.0, 0.0), prediction=(3.0, 0.0), loss=0.0, note="the length does not count"),
        Example(label=(1.0, 0.0), prediction=(0.0, 0.1), loss=1.0),
        Example(label=(1.0, 0.0), prediction=(-2.0, 0.0), loss=2.0),
        Example(label=(1.0, 0.0), prediction=(3.0, 4.0), loss=0.4, note="1 − 3/5"),
    ),
    references=(
        Reference(
            "Salton, Wong and Yang, A Vector Space Model for Automatic Indexing, 1975",
            doi="10.1145/361219.361220",
        ),
    ),
    remedies={"label": REMEDY, "prediction": REMEDY},
)
