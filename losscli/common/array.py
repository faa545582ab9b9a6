"""The one name for an array; its shape and type stand in the docstring of who takes it."""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray

Array = NDArray[Any]
