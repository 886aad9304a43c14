"""Compare what a student's function gave with what was expected: shape, then dtype, then values."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from effdl.check.case import Parts

__all__ = ["Difference", "difference", "largest_error"]

KINDS = {"b": "bool", "i": "an integer", "u": "an integer", "f": "a float"}


@dataclass(frozen=True)
class Difference:
    """The first thing found wrong: in which part, said in a sentence; `where` marks the values that differ."""

    part: str
    sentence: str
    where: np.ndarray | None = None


def difference(got: Parts, expected: Parts, rtol: float) -> Difference | None:
    """The first difference between two results, or None.

    A float may be of any width; it may be off by rtol times the largest expected size.
    """
    for name in expected:
        found = _compare(name, got[name], expected[name], rtol) if name in got else Difference(name, "is missing")
        if found:
            return found
    odd = sorted(got.keys() - expected.keys())
    return Difference(odd[0], "is there and should not be") if odd else None


def _compare(name: str, got: np.ndarray, expected: np.ndarray, rtol: float) -> Difference | None:
    if got.shape != expected.shape:
        return Difference(name, f"has the shape {got.shape}, expected is {expected.shape}")
    kinds = [KINDS.get(array.dtype.kind, "of another kind") for array in (got, expected)]
    if kinds[0] != kinds[1]:
        return Difference(name, f"is {kinds[0]} ({got.dtype}), expected is {kinds[1]} ({expected.dtype})")
    where = _wrong(got, expected, rtol)
    if where.any():
        of = "its value differs" if where.ndim == 0 else f"{where.sum()} of {where.size} values differ"
        return Difference(name, f"has the right shape, but {of}", where)
    return None


def _wrong(got: np.ndarray, expected: np.ndarray, rtol: float) -> np.ndarray:
    if expected.dtype.kind != "f":
        return got != expected
    sizes = np.abs(expected[np.isfinite(expected)])
    near = np.isclose(got, expected, rtol=0, atol=rtol * sizes.max(initial=0), equal_nan=True)
    return ~near


def largest_error(got: Parts, expected: Parts) -> float:
    """The largest absolute difference over all parts of two results of equal shapes.

    NaN beside NaN counts as 0; so do words.
    """
    errors = [0.0]
    for name, want in expected.items():
        if want.dtype.kind == "U":
            continue
        gap = np.abs(got[name].astype(float) - want.astype(float))
        errors.append(float(np.nan_to_num(gap).max(initial=0.0)))
    return max(errors)
