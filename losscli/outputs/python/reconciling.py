"""`losscli.reconcile`."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Unpack

from losscli.analyses.reconcile.observed import observed_of
from losscli.analyses.reconcile.run import reconcile as _reconcile
from losscli.common.errors import UsageError
from losscli.inputs.arguments import Inputs, with_inputs
from losscli.loss.asked import OneLoss
from losscli.outputs.python.reports import Reconciliation
from losscli.outputs.python.request import request_of
from losscli.outputs.python.spoken import spoken


@with_inputs
@spoken
def reconcile(
    predictions: Any,
    labels: Any = None,
    loss: OneLoss | None = None,
    *,
    observed: str | float | Decimal,
    **inputs: Unpack[Inputs],
) -> Reconciliation:
    """Say which convention gives a number that somebody else reported: what `losscli reconcile` says.

    Args:
        predictions: a path, a frame or an array, as for `evaluate`.
        labels: the same for the labels; omit it if `predictions` has both.
        loss: the one loss that the number is of.
        observed: the number: a text with all its digits, zeros at its end too, or a number as Python
            prints it.
        **inputs: see `Inputs`.

    Returns:
        The matches, nearest to common use first; `outcome` is `"found"`, `"none"` or `"ambiguous"`.

    Raises:
        LosscliError: for anything wrong with the call or the data: where, what was found, what was
            needed, and what to do.

    Examples:
        >>> losscli.reconcile([0.5, 0.0], [1, 1], "bce", observed="8.405621").matches[0].libraries
        ('tf1', 'keras')
    """
    if isinstance(observed, bool) or not isinstance(observed, (str, int, float, Decimal)):
        raise UsageError(
            "observed", f"a {type(observed).__name__}", 'a number, or its text, such as "0.4812"'
        )
    request = request_of("reconcile", predictions, labels, inputs, loss=loss, top=0)
    if len(request.loss) != 1:
        raise UsageError("loss", f"{len(request.loss)} losses", "the one loss that the number is of")
    return Reconciliation.made_of(_reconcile(request, observed_of(str(observed))))
