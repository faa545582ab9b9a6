"""Mean squared logarithmic error: the squared difference between the logs of 1 + ŷ and 1 + y."""

from losscli.loss import Convention, Example, Loss, called
from losscli.loss.formulas import root

LOSS = Loss(
    name="msle",
    family="regression",
    value=root.squared_log_error,
    gradient=root.squared_log_error_gradient,
    label=root.ABOVE_MINUS_1,
    prediction=root.ABOVE_MINUS_1,
    convex=False,
    summary="the squared difference between log(1 + prediction) and log(1 + label)",
    formula="(log(1 + ŷ) − log(1 + y))²",
    gradient_formula="2(log(1 + ŷ) − log(1 + y))/(1 + ŷ)",
    use="counts, prices and other labels ≥ 0 that span orders of magnitude, where the ratio is what counts",
    avoid="where labels are small compared with 1 (the log does next to nothing) or totals matter: the "
    "prediction that minimises it is below the mean",
    pitfalls=(
        "too low costs more than too high by the same amount: for y = 100, 50 costs 0.47, 150 costs 0.16",
        "the 1 in the log has the unit of the label: labels in cents and in euros give different losses",
        "some libraries silently turn negative predictions into 0; here they count, down to −1",
    ),
    conventions=(
        Convention("XGBoost reg:squaredlogerror", "half of it", "1/2", ("XGBoost reg:squaredlogerror",)),
    ),
    elsewhere=called("sklearn.metrics.mean_squared_log_error", "keras.losses.MeanSquaredLogarithmicError"),
    examples=(
        Example(label=0.0, prediction=1.718281828459045, loss=1.0, note="1 + ŷ = e"),
        Example(label=3.0, prediction=1.0, loss=0.4804530139182014, note="(log 2)²"),
        Example(label=0.0, prediction=1e-12, loss=9.99999999999e-25),
    ),
    references=(root.TOFALLIS,),
    remedies=root.remedies("mse"),
)
