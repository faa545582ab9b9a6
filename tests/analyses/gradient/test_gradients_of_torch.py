"""Gradients of every loss are those of PyTorch's automatic differentiation, through a cost too."""

import numpy as np
import pytest
from helpers.torch_losses import Samples, Twin, of

import losscli
from losscli.loss import registry

torch = pytest.importorskip("torch")
TWINS = of(torch)
TOLERANCE = 1e-10
"""Of a gradient, or of 1 where it is smaller."""


def samples(spec: str) -> tuple[str, Twin, Samples]:
    twin = TWINS[spec]
    return spec.removesuffix(" over outputs"), twin, twin.draw(np.random.default_rng(sum(map(ord, spec))))


def ours(spec: str, drawn: Samples, weights=None, **options) -> np.ndarray:
    """The gradient of every sample that counts, in the rows of the others 0."""
    predictions = drawn.predictions
    if weights is not None:
        predictions = predictions.assign(importance=weights)
        options["weight"] = "importance"
    columns = {"prediction": list(drawn.predictions.columns), "label": list(drawn.labels.columns)}
    report = losscli.gradient(
        predictions, drawn.labels, loss=spec, top=None, align="position", **columns, **options
    )
    found = np.zeros(drawn.prediction.shape)
    for sample in report.results[0].worst:
        found[sample.row - 1] = sample.gradient
    return found


def theirs(twin: Twin, drawn: Samples, weights, cost: str) -> np.ndarray:
    label, prediction = torch.tensor(drawn.label), torch.tensor(drawn.prediction, requires_grad=True)
    counts = torch.ones(len(label)) if twin.counts is None else torch.tensor(twin.counts(drawn.label))
    weight = torch.tensor(weights) * counts
    total = (weight * twin.value(label, prediction)).sum()
    total = total if cost == "sum" else twin.finish(total / weight.sum())
    total.backward()
    return prediction.grad.numpy()


def agree(mine: np.ndarray, right: np.ndarray) -> None:
    assert np.isfinite(right).all()
    assert (np.abs(mine - right) <= TOLERANCE * np.maximum(1.0, np.abs(right))).all()


@pytest.mark.parametrize("spec", TWINS)
def test_of_each_loss(spec):
    spec, twin, drawn = samples(spec)
    right = theirs(twin, drawn, np.ones(len(drawn.label)), "sum")
    assert np.abs(right).max() > 0.0
    agree(ours(spec, drawn), right)


@pytest.mark.parametrize("spec", TWINS)
def test_of_the_cost_with_weights(spec):
    spec, twin, drawn = samples(spec)
    weights = np.random.default_rng(3).gamma(1.0, 3.0, len(drawn.label))
    right = theirs(twin, drawn, weights, "mean")
    # Gradients of a mean are small: they have to agree on their own scale.
    scale = np.abs(right).max()
    agree(ours(spec, drawn, weights, of="cost") / scale, right / scale)


@pytest.mark.parametrize("spec", ["mse", "rmse", "perplexity:from_logits=true", "gan_generator"])
def test_of_a_sum(spec):
    spec, twin, drawn = samples(spec)
    weights = np.random.default_rng(4).gamma(1.0, 3.0, len(drawn.label))
    agree(ours(spec, drawn, weights, of="cost", reduction="sum"), theirs(twin, drawn, weights, "sum"))


def test_every_loss_that_has_a_gradient_is_among_them():
    written = {spec.partition(":")[0].removesuffix(" over outputs") for spec in TWINS}
    assert written == {loss.name for loss in registry.all_losses() if loss.gradient is not None}
