"""Works that losses of several families go back to; what one family shares stands beside its formulas."""

from losscli.loss.declaration import Reference

BRIER = Reference(
    "Brier, Verification of Forecasts Expressed in Terms of Probability, 1950",
    doi="10.1175/1520-0493(1950)078<0001:VOFEIT>2.0.CO;2",
)
GNEITING_AND_RAFTERY = Reference(
    "Gneiting and Raftery, Strictly Proper Scoring Rules, Prediction, and Estimation, 2007",
    doi="10.1198/016214506000001437",
)
GOOD = Reference(
    "Good, Rational Decisions, 1952: the logarithmic score", doi="10.1111/j.2517-6161.1952.tb00104.x"
)
HYNDMAN_AND_KOEHLER = Reference(
    "Hyndman and Koehler, Another look at measures of forecast accuracy, 2006",
    doi="10.1016/j.ijforecast.2006.03.001",
)
