"""The declarations of losses, by name."""

from __future__ import annotations

from collections.abc import Iterator

from losscli.loss import Loss, registry
from losscli.loss.spec import BoundLoss, parse_spec


def losses() -> Iterator[Loss]:
    """Yield the declaration of every built-in loss, family by family."""
    return registry.all_losses()


def load_loss(spec: str) -> BoundLoss:
    """Return the loss that a spec such as `huber:delta=1.5` names, with its parameters.

    Raises:
        UsageError: if there is no such loss, or it has no such parameter or value.
    """
    return parse_spec(spec, registry.find)
