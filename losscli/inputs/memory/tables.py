"""Whose an object in memory is, told by what it can do: nobody's package is imported to find out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from losscli.common.array import Array
from losscli.common.errors import LosscliError


@dataclass(frozen=True, slots=True)
class Counted:
    """Data of Dask whose index has to count the rows, since rows are paired by position."""

    data: Any


def is_dask(data: Any) -> bool:
    """Whether data are a frame, a series or an array of Dask."""
    return isinstance(data, Counted) or (
        hasattr(data, "__dask_graph__") and (hasattr(data, "npartitions") or hasattr(data, "numblocks"))
    )


def is_pandas(data: Any) -> bool:
    """Whether data are a frame or a series of pandas."""
    return hasattr(data, "index") and hasattr(data, "iloc") and not is_dask(data)


def is_tensor(data: Any) -> bool:
    """Whether data are a tensor of PyTorch."""
    return all(hasattr(data, name) for name in ("detach", "requires_grad", "layout", "device"))


def array_of(tensor: Any, name: str) -> Array:
    """Return a tensor as an array of the same numbers; those of bfloat16 and of 8 bits are float32.

    Raises:
        LosscliError: for a tensor that is not in memory of the CPU, or is sparse or quantized.
    """
    if tensor.device.type != "cpu":
        found = f"a tensor on the device {tensor.device}"
        raise LosscliError(name, found, "a tensor in the memory of the CPU", "Copy it: tensor.cpu()")
    if str(tensor.layout) != "torch.strided" or getattr(tensor, "is_quantized", False):
        remedy = "Unpack it: tensor.dequantize()" if tensor.is_quantized else "Unpack it: tensor.to_dense()"
        raise LosscliError(name, f"a tensor of the layout {tensor.layout}", "a dense tensor", remedy)
    found = tensor.detach()
    if is_narrow(tensor) and str(tensor.dtype) != "torch.float16":
        found = found.float()
    array: Array = found.resolve_conj().resolve_neg().numpy()
    return array


def is_narrow(data: Any) -> bool:
    """Whether the numbers of data have fewer digits than those of float32."""
    kind = str(getattr(data, "dtype", "")).removeprefix("torch.")
    return kind.startswith(("float16", "bfloat16", "float8"))
