"""Which loss suits the data: from labels and predictions to evidence, by rules to a ranking.

Calling it, `losscli.recommend(...)`, is the function of the Python API: package and function go by one
name, so the one has to be the other.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from losscli.recommend.report import Advice


class _Function(ModuleType):
    def __call__(self, *arguments: Any, **options: Any) -> Advice:
        """Say which losses suit the data: see `losscli.api.recommend`."""
        from losscli.api import recommend

        return recommend(*arguments, **options)


sys.modules[__name__].__class__ = _Function
