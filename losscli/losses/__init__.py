"""The catalogue: a folder for each family, a file for each loss.

Calling it, `losscli.losses()`, yields the declarations: the package and the function of the
Python API go by one name, so the one has to be the other.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from losscli.loss import Loss


class _Catalogue(ModuleType):
    def __call__(self) -> Iterator[Loss]:
        """Yield the declaration of every loss, family by family."""
        from losscli.registry import all_losses

        return all_losses()


sys.modules[__name__].__class__ = _Catalogue
