"""Exact sums, and arrays of float64, as the text of a state."""

from __future__ import annotations

import binascii
import re
from base64 import b64decode, b64encode

import numpy as np

from losscli.common import codec
from losscli.common.array import Array
from losscli.common.json import Document, Json, Object
from losscli.compute.statistics.exact_sum import ExactSum

_INTEGER = re.compile(r"0|-?[1-9][0-9]{0,3999}")
"""Of a mantissa: the widest, of cubes of weights times cubes of losses, has less than 4,000 digits."""
_FURTHEST = 1 << 14
"""Beyond any exponent of such a sum."""


def _write_exact(key: str, value: ExactSum) -> Object:
    # Other parsers read large integers of JSON as float64.
    return {key: exact_pair(value)}


def exact_pair(value: ExactSum) -> Json:
    """Return mantissa and exponent of an exact sum as texts."""
    return [str(value.mantissa), str(value.exponent)]


def _read_exact(part: Document, key: str) -> ExactSum:
    return read_exact(part, key, part.value(key))


def read_exact(part: Document, key: str, texts: Json) -> ExactSum:
    """Return what `exact_pair` wrote. Raises LosscliError for anything else, at a key of a part."""
    needed = "mantissa and exponent of an exact sum, as decimal integers in quotes"
    if not isinstance(texts, list) or len(texts) != 2:
        part.refuse(key, needed)
    if not all(isinstance(text, str) and _INTEGER.fullmatch(text) for text in texts):
        part.refuse(key, needed)
    mantissa, exponent = (int(str(text)) for text in texts)
    if abs(exponent) > _FURTHEST or (mantissa % 2 == 0 and (mantissa, exponent) != (0, 0)):
        part.refuse(key, f"{needed}; the mantissa is odd, or both are 0")
    return ExactSum(mantissa, exponent)


EXACT = codec.Field(_write_exact, _read_exact)


def array_text(values: Array) -> str:
    """Return float64 `(n,)` as base64 of the numbers one after the other, little-endian."""
    return b64encode(np.asarray(values, dtype="<f8").tobytes()).decode("ascii")


def read_array(part: Document, key: str) -> Array:
    """Return what `array_text` wrote. Raises LosscliError for any other text."""
    text = part.text(key)
    try:
        data = b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        data = b"-"
    # Bits behind the last byte would be another text of the same numbers.
    if len(data) % 8 or b64encode(data).decode("ascii") != text:
        part.refuse(key, "float64 numbers, little-endian, in base64")
    return np.frombuffer(data, dtype="<f8").astype(np.float64)
