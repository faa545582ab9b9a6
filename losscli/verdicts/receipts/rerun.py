"""What every replay needs: the files of a receipt, the losses that it vouches for, and why figures differ."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from losscli.common.errors import LosscliError, UsageError, raise_together
from losscli.inputs.provenance import Fingerprint, Input
from losscli.loss import Loss, Origin, custom, registry
from losscli.loss.spec import BoundLoss, parse_spec
from losscli.verdicts.receipts.files import locate
from losscli.verdicts.receipts.outcome import Difference, FoundFile
from losscli.verdicts.receipts.receipt import REMEDY, Recorded, versions

_NAMES = {"system": "the operating system", "machine": "the machine", "vectors": "the vector instructions"}


@dataclass(frozen=True)
class Sought:
    """Where the caller says that the files of a receipt are.

    Attributes:
        given: paths by role, `predictions` and `labels`.
        search: a folder to look through for files with the recorded bytes.
    """

    given: Mapping[str, str] = field(default_factory=dict)
    search: str | None = None


ANYWHERE = Sought()
"""The caller says nothing."""


def found_files(
    receipt: Recorded, inputs: Iterable[tuple[str, Input]], sought: Sought
) -> tuple[FoundFile, ...]:
    """Return the files of a receipt: of its inputs, each with its role, and of its code.

    Raises:
        LosscliError: what is missing.
    """
    wanted: list[tuple[str, str, Fingerprint | str | None]] = [
        *((role, source.path, source.fingerprint) for role, source in inputs),
        *(("code", origin.file, origin.version) for origin in receipt.code.values() if origin.file),
    ]
    roles = [role for role, _, _ in wanted]
    errors, found = [], []
    for role, path, recorded in wanted:
        assert recorded is not None
        try:
            found.append(
                locate(
                    *(role, path, recorded),
                    receipt=receipt.path,
                    given=sought.given.get(role),
                    search=sought.search,
                    alone=roles.count(role) == 1,
                )
            )
        except LosscliError as error:
            errors.append(error)
    raise_together(errors)
    return tuple(found)


class Losses:
    """The losses of a receipt; what is code among them runs only if it is what the receipt names."""

    def __init__(self, receipt: Recorded, places: Mapping[str, str]) -> None:
        self._receipt, self._places = receipt, places
        self._where = f"receipt {receipt.path}"
        self._used: set[str] = set()

    def bind(self, spec: str) -> BoundLoss:
        """Return the loss of a spec. Raises LosscliError for one that the receipt does not vouch for."""
        try:
            bound = parse_spec(spec, self.find)
        except UsageError as error:
            raise self.refused(error.found, error.needed, error.remedy) from None
        if bound.spec != spec:
            raise self.refused(f"its loss {spec} is not in its canonical form", bound.spec)
        return bound

    def find(self, name: str) -> Loss:
        """Return the loss of a name. Raises UsageError for one that the receipt does not vouch for."""
        code = self._receipt.code.get(name)
        self._used.add(name)
        if custom.is_custom(name):
            if code is None or not code.file:
                raise UsageError("", f"its loss {name} is code without a SHA-256", "one for each file")
            return self._load(name, code)
        if name in registry.installed():
            distribution = registry.installed()[name].dist
            there = (distribution.name, distribution.version) if distribution else ("", "")
            if code is None or (code.package, code.version) != there:
                recorded = f"from {code.package} {code.version}" if code else "without a package"
                found = f"its loss {name} comes {recorded}; here it comes from {' '.join(there)}"
                raise UsageError("", found, "the package of the receipt", "It was not run.")
        elif code is not None:
            raise UsageError("", f"its loss {name} comes with losscli", "no code for it")
        return registry.find(name)

    def _load(self, name: str, code: Origin) -> Loss:
        member = name.removeprefix(f"{code.file}:")
        if member == name:
            raise UsageError("", f"its loss {name} is not in its file {code.file}", "the file of the loss")
        # What was proved to be the same is what runs, even if the file is replaced in this moment.
        loss = custom.load_file(f"{self._places[code.file]}:{member}", code.version)
        # The receipt calls it by the path that it had then.
        return replace(loss, name=name)

    def refuse_unused(self) -> None:
        """Raise LosscliError where the receipt has code of a loss that it does not compute."""
        for name in self._receipt.code:
            if name not in self._used:
                raise self.refused(f"its code {name} is of none of its losses", "code of its losses only")

    def refused(self, found: str, needed: str, remedy: str = "") -> LosscliError:
        """Return the error of a receipt that no call writes."""
        return LosscliError(self._where, found, needed, remedy or REMEDY)


def reasons_of(receipt: Recorded, found: tuple[Difference, ...]) -> list[str]:
    """Return what may have made figures of the same call and the same bytes differ."""
    now = versions()
    reasons = [
        f"{_NAMES.get(name, name)}: {then} then, {now.get(name, 'unknown')} now"
        for name, then in receipt.versions.items()
        if now.get(name) != then
    ]
    far = [one for one in found if one.ulps is None or one.ulps > 1_000_000]
    if not reasons:
        return ["Versions and machine are as in the receipt, so its figures are not those of its call."]
    if far:
        reasons.append("Differences this large do not come from the machine.")
    else:
        reasons.append("exp and log may differ in the last bit between processors and versions of NumPy.")
    return reasons
