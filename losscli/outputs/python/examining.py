"""`losscli.doctor`."""

from __future__ import annotations

from typing import Any, Unpack

from losscli.analyses.doctor.run import doctor as _doctor
from losscli.inputs.arguments import Inputs, with_inputs
from losscli.loss.asked import Losses
from losscli.outputs.python.reports import Examination
from losscli.outputs.python.request import request_of
from losscli.outputs.python.spoken import spoken


@with_inputs
@spoken
def doctor(
    predictions: Any,
    labels: Any = None,
    loss: Losses | None = None,
    *,
    train: Any = None,
    **inputs: Unpack[Inputs],
) -> Examination:
    """Say what is wrong with the inputs, and what would mend it: what `losscli doctor` says.

    Args:
        predictions: a path, a frame or an array, as for `evaluate`.
        labels: the same for the labels; omit it if `predictions` has both.
        loss: the loss that is examined; without one the data decide.
        train: the data that the model was trained on, a path, a frame or an array: are
            test samples among them?
        **inputs: see `Inputs`.

    Returns:
        The findings; those whose `level` is `"certain"` or `"likely"` make the command end with status 1.

    Raises:
        LosscliError: for anything wrong with the call or the data that no check knows: where, what was
            found, what was needed, and what to do.

    Examples:
        >>> losscli.doctor([-1.0, -2.1, -2.9] * 20, [1.0, 2.0, 3.0] * 20).findings[0].check
        'sign_flipped'
    """
    request = request_of("doctor", predictions, labels, inputs, loss=loss if loss is not None else (), top=0)
    return Examination.made_of(_doctor(request, train=train))
