"""Requests as the command line makes them, and what becomes of each alone."""

from losscli.analyses.evaluate.run import evaluate
from losscli.common.errors import LosscliError
from losscli.inputs.request import Request
from losscli.inputs.roles.resolve import Choice
from losscli.loss import registry
from losscli.loss.spec import parse_spec
from losscli.verdicts.gates.judge import parse_gate


def request(predictions, labels=None, *specs, gates=(), **options):
    """Return a request; options that `Choice` has go there."""
    choice = {name: options.pop(name) for name in tuple(options) if name in Choice.__dataclass_fields__}
    return Request(
        predictions=predictions if not hasattr(predictions, "__fspath__") else str(predictions),
        labels=labels if not hasattr(labels, "__fspath__") else str(labels),
        losses=tuple(parse_spec(spec, registry.find) for spec in specs),
        choice=Choice(**choice),
        gates=tuple(parse_gate(gate, registry.find) for gate in gates),
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
