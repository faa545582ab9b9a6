"""Perplexity: the exponential of the mean cross-entropy, a number of equally likely classes."""

import math

from losscli.loss import Convention, Example, Reference, called
from losscli.loss.formulas import classwise


def exponential(mean: float) -> float:
    try:
        return math.exp(mean)
    except OverflowError:
        return math.inf


LOSS = classwise.ProbabilityLoss(
    name="perplexity",
    value=classwise.cross_entropy,
    gradient=classwise.cross_entropy_gradient,
    clipped=classwise.any_clipped,
    finish=exponential,
    finish_derivative=exponential,
    finish_formula="exp(mean)",
    soft_labels=True,
    parameters=classwise.CROSS_ENTROPY,
    convex=classwise.cross_entropy_is_convex,
    bounds=classwise.cross_entropy_bounds,
    summary="cross-entropy; the cost is the exponential of its mean",
    formula="−Σ yₖ log pₖ;  with logits p = softmax(z);  y smoothed to y(1 − s) + s/K",
    gradient_formula="−yₖ/pₖ;  by the logit zₖ: pₖ − yₖ;  with normalize: (1 − yₖ/pₖ) / Σ predictions",
    use="language models: among how many equally likely tokens the model might as well have guessed; "
    "1 is perfect, K is a blind guess among K classes",
    avoid="to average the costs of parts, or to compare models with different vocabularies: neither is "
    "meaningful",
    pitfalls=(
        "the losses of single samples are cross-entropies: only the cost is an exponential",
        "it is per row of the file: per token, per word and per character it has different values",
    ),
    conventions=(
        Convention("exp of torch.nn.CrossEntropyLoss", "from_logits=true", "1"),
        Convention("2 to the power of a cross-entropy in bits", "the same number", "1"),
    ),
    elsewhere=(
        *called("literature ppl"),
        *called("torchmetrics.Perplexity", from_logits=True),
    ),
    examples=(
        Example(label=0.0, prediction=(0.5, 0.25, 0.25), loss=0.6931471805599453, note="a cost of 2"),
        Example(label=2.0, prediction=(0.0, 0.0, 1.0), loss=0.0, note="a cost of 1"),
        Example(label=1.0, prediction=(1000.0, 0.0), loss=1000.0, parameters={"from_logits": True}),
    ),
    references=(
        Reference(
            "Jelinek et al., Perplexity: a measure of the difficulty of speech recognition tasks, 1977",
            doi="10.1121/1.2016299",
        ),
    ),
    remedies=classwise.remedies("perplexity", classwise.SOFT),
)
