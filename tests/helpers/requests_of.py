"""Requests as the command line makes them, and what becomes of each alone."""

from losscli.analyses.evaluate.run import evaluate
from losscli.common.errors import LosscliError
from losscli.inputs.request import Request
from losscli.loss import registry
from losscli.loss.spec import parse_spec


def request(predictions, labels=None, *specs, group=(), **options):
    """Return a request for losses by their specs."""
    return Request(
        predictions=predictions if not hasattr(predictions, "__fspath__") else str(predictions),
        labels=labels if not hasattr(labels, "__fspath__") else str(labels),
        loss=tuple(parse_spec(spec, registry.find) for spec in specs),
        group=(group,) if isinstance(group, str) else group or (),
        **options,
    )


def outcome(one, **options):
    """Return the report of a request, or the error that it raises."""
    try:
        return evaluate(one, **options)
    except LosscliError as error:
        return error


def told(found):
    """Return all that a report or an error says, in a form that compares to the last bit."""
    if isinstance(found, LosscliError):
        return (type(found), found.where, found.found, found.needed, found.remedy)
    return repr(found)
