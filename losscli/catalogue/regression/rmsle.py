"""Root mean squared logarithmic error: the root of the mean squared difference between logs."""

from losscli.loss import Convention, Example, called
from losscli.loss.formulas import root

LOSS = root.RootLoss(
    name="rmsle",
    value=root.squared_log_error,
    gradient=root.squared_log_error_gradient,
    label=root.ABOVE_MINUS_1,
    prediction=root.ABOVE_MINUS_1,
    convex=False,
    summary="the squared difference between log(1 + prediction) and log(1 + label); the cost is the root of "
    "the mean",
    formula="(log(1 + ŷ) − log(1 + y))²",
    gradient_formula="2(log(1 + ŷ) − log(1 + y))/(1 + ŷ)",
    use="like msle, where the figure should read as a relative error: 0.1 is off by about 10 % either way",
    avoid="like msle; and to average the costs of parts: the mean of two roots is not the root of the mean",
    pitfalls=(
        "the losses of single samples are squares: only the cost is a root",
        "predicting too low costs more than too high by the same amount, as in msle",
        "it is rmse of log(1 + y): a model of those logs, trained with mse, minimises it",
    ),
    conventions=(Convention("XGBoost eval_metric rmsle, Kaggle RMSLE", "the same", "1"),),
    elsewhere=called(
        "sklearn.metrics.root_mean_squared_log_error", "literature root_mean_squared_logarithmic_error"
    ),
    examples=(
        Example(label=0.0, prediction=1.718281828459045, loss=1.0, note="1 + ŷ = e"),
        Example(label=3.0, prediction=1.0, loss=0.4804530139182014, note="(log 2)², a cost of log 2"),
    ),
    references=(root.TOFALLIS,),
    remedies=root.remedies("rmse"),
)
