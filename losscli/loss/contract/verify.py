"""The trial of a loss: every clause of the contract, and for each that is broken the smallest example.

The contract tests and `losscli verify` are this one judge. A loss may raise: that is told as the
clause it breaks, and the others are held on the samples that it takes.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from losscli.common.errors import LosscliError
from losscli.loss.contract.clauses import CLAUSES, Check, everything
from losscli.loss.contract.samples import Samples, allowed, draw, huge
from losscli.loss.contract.shrink import shrink
from losscli.loss.contract.tails import character
from losscli.loss.spec import BoundLoss

_WITHOUT_SAMPLE = ("pure", "deterministic", "rowwise")
"""Clauses whose details do not say at which samples."""


def checks(bound: BoundLoss, random: np.random.Generator, rows: int = 256) -> list[Check]:
    """Hold a loss against every clause, in the order of the contract.

    Args:
        bound: the loss, with the parameters to try it with.
        random: decides what it is tried on.
        rows: how many samples of each kind are drawn.

    Raises:
        LosscliError: if a domain that the user wrote raises, or no sample drawn lies in the domains;
            what a loss raises is a failed check.
    """
    tried = [_Trial(bound, samples).checks() for samples in draw(bound, random, rows) if len(samples)]
    if not tried:
        found = "no sample drawn from its domains is inside them and counts"
        raise LosscliError(bound.spec, found, "samples to try it on")
    judged = {name: _gravest([one[name] for one in tried]) for name in CLAUSES}
    convex = judged["convex"]
    if convex.verdict != "skipped":
        facts = "; ".join([convex.detail, *character(bound)])
        judged["convex"] = Check("convex", convex.verdict, facts, convex.example)
    return list(judged.values())


def _gravest(found: list[Check]) -> Check:
    return min(found, key=lambda check: ("fail", "pass", "fact", "skipped").index(check.verdict))


class _Trial:
    """One loss on one kind of samples."""

    def __init__(self, bound: BoundLoss, samples: Samples) -> None:
        self._bound, self._samples = bound, samples
        self._found: dict[str, Check] = {}

    def checks(self) -> dict[str, Check]:
        sound = self._without_raising(self._samples)
        if len(sound):
            self._without_raising(huge(self._bound, sound))
        for name in CLAUSES:
            if name in self._found:
                continue
            if "shape" in self._found and self._found["shape"].verdict == "fail":
                self._found[name] = Check(name, "skipped", "the shape is wrong")
            elif not len(sound):
                self._found[name] = Check(name, "skipped", "it raises on every sample tried")
            else:
                self._hold(name, sound)
        return self._found

    def _hold(self, name: str, samples: Samples) -> None:
        clause = CLAUSES[name]
        try:
            check = clause(self._bound, samples)
        except Exception as error:
            self._charge(error, samples)
            self._found.setdefault(name, Check(name, "skipped", "it raises on the samples for this check"))
            return
        if check.verdict == "fail" or check.example:
            samples, check = self._smallest(samples, check)
        if check.verdict == "fail" and name in _WITHOUT_SAMPLE:
            check = Check(name, "fail", f"{check.detail}: {samples.show_all()}", check.example)
        self._found[name] = check

    def _smallest(self, samples: Samples, check: Check) -> tuple[Samples, Check]:
        """Return the smallest samples found that show the same, and what the clause says of them."""
        # A clause may look at samples that it makes of those given: what is shown by one that was
        # given stays shown by one that was given.
        given = _names_one_of(samples, check)

        def same(part: Samples) -> bool:
            try:
                other = CLAUSES[check.name](self._bound, part)
            except Exception:
                return False
            alike = (other.verdict, other.example) == (check.verdict, check.example)
            return alike and (not given or _names_one_of(part, other))

        small = shrink(samples, self._inside(same))
        # Chance may decide what a loss answers: what was found once counts.
        again = CLAUSES[check.name](self._bound, small)
        return (small, again) if again.verdict == check.verdict else (samples, check)

    def _without_raising(self, samples: Samples) -> Samples:
        """Return the samples that the loss takes; what it raises for others is charged to a clause."""
        error = self._raised(samples)
        if error is None:
            return samples
        alone = [self._raised(samples.take(slice(row, row + 1))) for row in range(len(samples))]
        kinds = {_broken(single): row for row, single in reversed(list(enumerate(alone))) if single}
        for kind, row in kinds.items():
            self._charge(alone[row], samples.take(slice(row, row + 1)))
            assert kind in self._found
        takes = samples.take(np.array([single is None for single in alone]))
        together = self._raised(takes) if len(takes) else None
        if together is None:
            return takes
        self._charge(together, takes)
        return takes.take(slice(0))

    def _charge(self, error: Exception | None, samples: Samples) -> None:
        """Note which clause is broken by an error, at the smallest samples that raise such a one."""
        assert error is not None
        kind = _broken(error)
        if kind in self._found and self._found[kind].verdict == "fail":
            return

        def same(part: Samples) -> bool:
            other = self._raised(part)
            return other is not None and _broken(other) == kind

        if same(samples):
            samples = shrink(samples, self._inside(same))
            error = self._raised(samples) or error
        at = "" if kind == "shape" else f", at {samples.show_all()}"
        self._found[kind] = Check(kind, "fail", f"{_told(error)}{at}")

    def _raised(self, samples: Samples) -> Exception | None:
        try:
            everything(self._bound, samples)
        except Exception as error:
            return error
        return None

    def _inside(self, shows: Callable[[Samples], bool]) -> Callable[[Samples], bool]:
        """Restrict a predicate to samples that the loss accepts."""
        return lambda samples: len(allowed(self._bound, samples)) == len(samples) and shows(samples)


def _names_one_of(samples: Samples, check: Check) -> bool:
    return any(check.detail.endswith(samples.show(row)) for row in range(len(samples)))


def _broken(error: Exception) -> str:
    """Return the clause that a loss breaks by raising."""
    return str(getattr(error, "breaks", "finite"))


def _told(error: Exception) -> str:
    if isinstance(error, LosscliError):
        return str(LosscliError(error.where, error.found, error.needed))
    return f"raised {type(error).__name__}: {error}" if str(error) else f"raised {type(error).__name__}"
