"""Cross-entropy: minus the log of the probability given to the true class."""

from losscli.loss import Convention, Example, Reference, called
from losscli.loss.formulas import classwise
from losscli.loss.references import GOOD

LOSS = classwise.ProbabilityLoss(
    name="cross_entropy",
    value=classwise.cross_entropy,
    gradient=classwise.cross_entropy_gradient,
    clipped=classwise.any_clipped,
    soft_labels=True,
    parameters=classwise.CROSS_ENTROPY,
    convex=classwise.cross_entropy_is_convex,
    bounds=classwise.cross_entropy_bounds,
    summary="minus the log of the probability given to the true class",
    formula="−Σ yₖ log pₖ;  with logits p = softmax(z);  y smoothed to y(1 − s) + s/K",
    gradient_formula="−yₖ/pₖ;  by the logit zₖ: pₖ − yₖ;  with normalize: (1 − yₖ/pₖ) / Σ predictions",
    use="probabilities for one of several classes, or a distribution over them as label; it rewards honest "
    "probabilities, and looks only at the true class",
    avoid="where labels are often wrong (one confident miss can dominate the mean), or where a near miss "
    "should cost less than a far one (see ranked_probability)",
    pitfalls=(
        "a true class of probability 0 would cost infinity: it is clipped at eps and counted as clipped",
        "some libraries need columns in sorted order, or the figure is wrong; here they match by name",
        "with soft labels the lowest possible cost is their entropy, not 0: see kl_divergence",
    ),
    conventions=(Convention("bits, as in information theory", "base 2", "1/log 2"),),
    elsewhere=(
        *called(
            "XGBoost multi:softprob",
            "XGBoost mlogloss",
            "LightGBM multi_logloss",
            "CatBoost MultiClass",
            "keras.losses.CategoricalCrossentropy",
            "keras.losses.SparseCategoricalCrossentropy",
        ),
        *called(
            "torch.nn.CrossEntropyLoss",
            "torch.nn.functional.cross_entropy",
            "optax.softmax_cross_entropy",
            "optax.softmax_cross_entropy_with_integer_labels",
            "tf.nn.softmax_cross_entropy_with_logits",
            from_logits=True,
        ),
    ),
    examples=(
        Example(label=0.0, prediction=(0.5, 0.25, 0.25), loss=0.6931471805599453, note="−log ½"),
        Example(label=2.0, prediction=(0.0, 0.0, 1.0), loss=0.0),
        Example(label=0.0, prediction=(0.0, 0.0, 1.0), loss=36.04365338911715, note="−log eps = 52 log 2"),
        Example(
            label=(0.5, 0.5, 0.0), prediction=(0.5, 0.25, 0.25), loss=1.0397207708399179, note="1.5 log 2"
        ),
        Example(label=1.0, prediction=(1000.0, 0.0), loss=1000.0, parameters={"from_logits": True}),
        Example(label=0.0, prediction=(2.0, 2.0), loss=0.6931471805599453, parameters={"normalize": True}),
    ),
    references=(
        GOOD,
        Reference(
            "Szegedy et al., Rethinking the Inception Architecture, 2016: label smoothing",
            doi="10.1109/CVPR.2016.308",
        ),
    ),
    aliases=("ce",),
    remedies=classwise.remedies("cross_entropy", classwise.SOFT),
)
