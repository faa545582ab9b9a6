"""Logistic loss: the log of 1 + e⁻ᵐ, where m is how far a score is on the right side of 0."""

from losscli.loss import Array, Convention, Example, Reference, called
from losscli.loss.formulas.margin import FRIEDMAN, MarginLoss
from losscli.loss.numeric import sigmoid, softplus


def value(label: Array, prediction: Array) -> Array:
    return softplus(-label * prediction)


def gradient(label: Array, prediction: Array) -> Array:
    return -label * sigmoid(-label * prediction)


LOSS = MarginLoss(
    name="logistic",
    value=value,
    gradient=gradient,
    zero_at_perfect=False,
    summary="the log of 1 + e to the power of minus the margin: scores are read as log-odds",
    formula="log(1 + e⁻ᵐ),  m = y·ŷ,  y = ±1",
    gradient_formula="−y / (1 + eᵐ)",
    use="scores to be turned into probabilities by 1/(1 + e⁻ʸ̂), as in logistic regression",
    avoid="with many wrong labels: a miss costs its distance, without bound; and where scores are not "
    "log-odds (see modified_huber)",
    pitfalls=(
        "no score costs exactly 0, and scaling the scores up lowers the loss of what is already right",
        "labels are −1 and +1; for 0 and 1 the same loss is binary_cross_entropy:from_logits=true",
        "scores are log-odds; half log-odds, as from boosting, have to be doubled first",
    ),
    conventions=(
        Convention(
            "torch.nn.SoftMarginLoss", "the same, but it overflows to infinity at a margin below −709", "1"
        ),
        Convention("optax.sigmoid_binary_cross_entropy, XGBoost binary:logitraw", "for labels 0 and 1", "1"),
        Convention("boosting and learning theory, in base 2", "1 at a score of 0", "1/log 2"),
        Convention("LogitBoost", "log(1 + e⁻²ᵐ): its scores are half the log-odds"),
    ),
    elsewhere=called("torch.nn.SoftMarginLoss", "literature logistic_loss"),
    examples=(
        Example(label=1.0, prediction=0.0, loss=0.6931471805599453, note="log 2"),
        Example(label=-1.0, prediction=1000.0, loss=1000.0),
        Example(label=1.0, prediction=1.0986122886681098, loss=0.28768207245178096, note="log 4/3 at log 3"),
    ),
    references=(
        Reference(
            "Cox, The Regression Analysis of Binary Sequences, 1958", doi="10.1111/j.2517-6161.1958.tb00292.x"
        ),
        FRIEDMAN,
    ),
)
