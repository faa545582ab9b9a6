"""`losscli.recommend`."""

from __future__ import annotations

from typing import Any, Unpack

from losscli.analyses.recommend.run import recommend as _recommend
from losscli.common.arguments import own, too_small
from losscli.inputs.arguments import Inputs, with_inputs
from losscli.outputs.python.reports import Advice
from losscli.outputs.python.request import request_of
from losscli.outputs.python.spoken import spoken


@with_inputs
@spoken
def recommend(predictions: Any, labels: Any = None, *, top: int = 5, **inputs: Unpack[Inputs]) -> Advice:
    """Say which losses suit the data, and why: what `losscli recommend` says.

    Args:
        predictions: a path, a frame or an array, as for `evaluate`.
        labels: the same for the labels; omit it if `predictions` has both.
        top: the largest number of losses to recommend; their costs are weighted if there are weights.
        **inputs: see `Inputs`.

    Returns:
        The advice; `advice.recommendations[0].loss` is the spec of the loss that suits best.

    Raises:
        LosscliError: for anything wrong with the call or the data: where, what was found, what was
            needed, and what to do.

    Examples:
        >>> losscli.recommend("wine_logistic.csv", "wine_labels.csv").recommendations[0].loss
        'cross_entropy'
    """
    request = request_of("recommend", predictions, labels, inputs, top=top, after=too_small("top", top, 1))
    return Advice.made_of(_recommend(request, top=own(top)))
