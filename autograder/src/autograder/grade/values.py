"""Decode what a hidden case showed: JSON that strangers' code may have written, so nothing in it is taken on trust."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

MAX_VALUES = 250_000
MAX_DEPTH = 8
TEXTS = {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}
FLOATS = ("float16", "bfloat16", "float32", "float64", "float128", "float")
SCALARS = {"NoneType": type(None), "bool": bool, "int": int, "float": float, "str": str}


class Malformed(ValueError):
    """The JSON is not what the harness writes."""


@dataclass(frozen=True)
class Array:
    """A tensor or array, numpy's or torch's; floats of any precision are held as float64, `dtype` says which it was."""

    dtype: str
    data: np.ndarray


@dataclass(frozen=True)
class Raised:
    """The class of an exception, then those of its bases; empty if nothing was raised."""

    names: tuple[str, ...]


@dataclass(frozen=True)
class Unknown:
    """Something that cannot be shown, by the name of its class; it equals nothing."""

    type: str


Value = Array | Raised | Unknown | list | dict | str | int | float | bool | None


def decode_items(items: Any) -> list[Value]:
    """The values that one case showed.

    Raises: Malformed
    """
    if not isinstance(items, list):
        raise Malformed("no list of items")
    return _Decoder().items(items, MAX_DEPTH)


class _Decoder:
    def __init__(self) -> None:
        self.left = MAX_VALUES

    def spend(self, count: int) -> None:
        self.left -= count
        if self.left < 0:
            raise Malformed(f"more than {MAX_VALUES} values")

    def items(self, items: Any, depth: int) -> list[Value]:
        self.spend(len(_typed(items, list)))
        return [self.decode(item, depth) for item in items]

    def decode(self, item: Any, depth: int) -> Value:
        kind = _typed(item, dict).get("kind")
        if depth <= 0 or kind not in ("scalar", "array", "list", "dict", "raised", "object"):
            raise Malformed("nested too deeply, or of no known kind")
        return getattr(self, f"{kind}_")(item, depth)

    def scalar_(self, item: dict[str, Any], depth: int) -> Value:
        wanted, value = SCALARS.get(str(item.get("type"))), item.get("value")
        if wanted is float and isinstance(value, str):
            return _number(value)
        if wanted is None or type(value) is not wanted:
            raise Malformed("a scalar of another type than it says")
        return value

    def array_(self, item: dict[str, Any], depth: int) -> Array:
        dtype = _typed(item.get("dtype"), str)
        shape, values = _typed(item.get("shape"), list), _typed(item.get("values"), list)
        if len(shape) > 16 or any(type(size) is not int or not 0 <= size <= MAX_VALUES for size in shape):
            raise Malformed("an array's shape is no list of sizes")
        self.spend(len(values))
        pairs = 2 if dtype.startswith("complex") else 1
        if math.prod(shape) * pairs != len(values):
            raise Malformed("an array's values do not fill its shape")
        return Array(dtype, _flat(dtype, values).reshape(shape))

    def list_(self, item: dict[str, Any], depth: int) -> list[Value]:
        return self.items(item.get("items"), depth - 1)

    def dict_(self, item: dict[str, Any], depth: int) -> dict[Any, Value]:
        pairs = _typed(item.get("pairs"), list)
        self.spend(len(pairs))
        found = {}
        for pair in pairs:
            if len(_typed(pair, list)) != 2:
                raise Malformed("a dict's entry is no pair")
            found[self.key(pair[0])] = self.decode(pair[1], depth - 1)
        return found

    def key(self, item: Any) -> Any:
        key = self.decode(item, 1) if _typed(item, dict).get("kind") == "scalar" else None
        if key is None:
            raise Malformed("a dict's key is no text or number")
        return key

    def raised_(self, item: dict[str, Any], depth: int) -> Raised:
        names = _typed(item.get("names"), list)
        self.spend(len(names))
        return Raised(tuple(_typed(name, str)[:200] for name in names))

    def object_(self, item: dict[str, Any], depth: int) -> Unknown:
        return Unknown(_typed(item.get("type"), str)[:200])


def _typed(value: Any, wanted: type) -> Any:
    if type(value) is not wanted:
        raise Malformed(f"{type(value).__name__} where {wanted.__name__} belongs")
    return value


def _number(value: Any) -> float:
    if isinstance(value, str) and value in TEXTS:
        return TEXTS[value]
    if type(value) in (int, float):
        return float(value)
    raise Malformed("no number")


def _flat(dtype: str, values: list[Any]) -> np.ndarray:
    kinds = set(map(type, values))
    try:
        if dtype == "bool" and kinds <= {bool}:
            return np.array(values, dtype=bool)
        if dtype.startswith(("int", "uint")) and kinds <= {int}:
            return np.array(values, dtype=np.uint64 if dtype == "uint64" else np.int64)
        if dtype.startswith(("float", "bfloat", "complex")):
            numbers = values if kinds <= {float} else [_number(value) for value in values]
            flat = np.array(numbers, dtype=np.float64)
            return flat[0::2] + 1j * flat[1::2] if dtype.startswith("complex") else flat
    except OverflowError as problem:
        raise Malformed("a number too large for its type") from problem
    raise Malformed("values of another type than the array says")


def for_judge(value: Value) -> Any:
    """A copy in plain terms: numpy arrays (of the type that was shown, where numpy has it) and Python values."""
    if isinstance(value, Array):
        known = value.dtype if value.dtype in np.sctypeDict else value.data.dtype
        return value.data.astype(known)
    if isinstance(value, list):
        return [for_judge(item) for item in value]
    if isinstance(value, dict):
        return {key: for_judge(item) for key, item in value.items()}
    if isinstance(value, Raised):
        return value.names[0] if value.names else ""
    return value
