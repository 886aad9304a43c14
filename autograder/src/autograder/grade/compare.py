"""Compare what a submission showed with what the solution showed: nbval's cell comparison, with numeric tolerance.

Shapes, integers, bools and texts are equal or they are not. Floats may differ by rtol times the largest magnitude of
the expected array: a small element beside a large one is not held to digits that no summation order keeps.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from nbformat.notebooknode import NotebookNode
from nbval.plugin import IPyNbCell, nocolors

from autograder.grade.values import FLOATS, Array, Malformed, Raised, Unknown, Value, decode_items

MIME = "application/vnd.autograder.value+json"
SKIP = ("metadata", "output_type")
RTOL = {"float64": 1e-10, "float128": 1e-10, "complex128": 1e-10, "float16": 1e-2, "bfloat16": 1e-2}
# a Python float does not say in which precision it was computed
RTOL_OTHER = 1e-4
WEAK = {bool: "bool", int: "int", float: "float"}


def compare(got: list[Any], ref: list[Any], *, rtol: float | None = None, dtype: str = "") -> str:
    """Why the items that a case showed differ from the solution's; "" if they agree. Both are as the harness writes.

    dtype: "float" lets any precision of floats stand for another, "" wants the solution's
    """
    wanted = Tolerant(ref, rtol, dtype)
    cell = LibraryCell.make(rtol, dtype)
    same = cell.compare_outputs([_output(got)], [_output(ref)])
    return "" if same else (cell.reason or wanted.why(got) or "the outputs differ")


def _output(items: list[Any]) -> NotebookNode:
    return NotebookNode(output_type="display_data", data={MIME: items}, metadata={})


class Tolerant:
    """A bundle of shown values as nbval sees it: it differs from another by our rules."""

    def __init__(self, items: list[Any], rtol: float | None, dtype: str, cell: Any = None) -> None:
        self.items, self.rtol, self.dtype, self.cell = items, rtol, dtype, cell

    def __ne__(self, other: object) -> bool:
        # nbval asks `expected != got`
        reason = self.why(other.items) if isinstance(other, Tolerant) else "no values were shown"
        if self.cell is not None:
            self.cell.reason = reason
        return bool(reason)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return "values"

    def why(self, got: list[Any]) -> str:
        try:
            return differ(decode_items(got), decode_items(self.items), self.rtol, self.dtype)
        except Malformed as problem:
            return f"the result is malformed: {problem}"


class LibraryCell(IPyNbCell):
    """nbval's comparison without a pytest session: `__new__` passes pytest's guard against direct construction."""

    @classmethod
    def make(cls, rtol: float | None, dtype: str) -> LibraryCell:
        self = cls.__new__(cls)
        self.parent = NotebookNode(skip_compare=SKIP, sanitize_patterns={})
        self.colors, self.config, self.comparison_traceback = nocolors, None, []
        self.rtol, self.dtype, self.reason = rtol, dtype, ""
        return self

    def sanitize(self, value: Any) -> Any:
        return Tolerant(value, self.rtol, self.dtype, self) if isinstance(value, list) else super().sanitize(value)

    def format_output_compare(self, key: str, left: Any, right: Any) -> None:
        """Nothing: the reason is already kept, and values are not written out."""


def differ(got: Value, ref: Value, rtol: float | None = None, dtype: str = "") -> str:
    """The first difference between two decoded values, in words; "" if there is none."""
    if isinstance(ref, Unknown) or isinstance(got, Unknown):
        return f"a {got.type if isinstance(got, Unknown) else 'value'} cannot be compared"
    if isinstance(ref, Raised):
        return _raised(got, ref)
    if isinstance(ref, (list, dict)):
        return _container(got, ref, rtol, dtype)
    if isinstance(ref, str) or ref is None:
        return "" if type(got) is type(ref) and got == ref else f"{_name(got)} instead of {_name(ref)}"
    if isinstance(got, (list, dict, str, Raised)) or got is None:
        return f"{_name(got)} instead of {_name(ref)}"
    return _numbers(_array(got), _array(ref), rtol, dtype)


def _raised(got: Value, ref: Raised) -> str:
    if not isinstance(got, Raised):
        return f"{_name(got)} instead of an exception"
    if not ref.names:
        return f"raised {got.names[0]}" if got.names else ""
    if "NotImplementedError" in got.names or ref.names[0] not in got.names:
        return f"raised {got.names[0] if got.names else 'nothing'} instead of {ref.names[0]}"
    return ""


def _container(got: Value, ref: list | dict, rtol: float | None, dtype: str) -> str:
    if type(got) is not type(ref):
        return f"{_name(got)} instead of {_name(ref)}"
    if isinstance(ref, dict):
        if got.keys() != ref.keys():
            return f"keys {sorted(map(str, got))[:8]} instead of {sorted(map(str, ref))[:8]}"
        parts = [(f"entry {key!r}", got[key], ref[key]) for key in ref]
    else:
        if len(got) != len(ref):
            return f"{len(got)} values instead of {len(ref)}"
        parts = [(f"value {i + 1}", *pair) for i, pair in enumerate(zip(got, ref, strict=True))]
    for where, one, other in parts:
        if reason := differ(one, other, rtol, dtype):
            return f"{where}: {reason}"
    return ""


def _numbers(got: Array, ref: Array, rtol: float | None, dtype: str) -> str:
    if got.data.shape != ref.data.shape:
        return f"shape {got.data.shape} instead of {ref.data.shape}"
    if not _same_type(got.dtype, ref.dtype, dtype):
        return f"{got.dtype} instead of {ref.dtype}"
    if ref.data.dtype.kind not in "fc":
        return _first(got.data != ref.data, got, ref, "")
    return _floats(got, ref, rtol)


def _floats(got: Array, ref: Array, rtol: float | None) -> str:
    a, b = got.data, ref.data
    if rtol is None:
        rtol = max(RTOL.get(kind, RTOL_OTHER) for kind in (got.dtype, ref.dtype))
    finite = np.isfinite(b)
    bound = rtol * np.abs(b[finite]).max(initial=0.0)
    same = (a == b) | (np.isnan(a) & np.isnan(b))
    with np.errstate(invalid="ignore", over="ignore"):
        same |= finite & (np.abs(a - b) <= bound)
    return _first(~same, got, ref, f" by more than {bound:.3g}")


def _first(wrong: np.ndarray, got: Array, ref: Array, by: str) -> str:
    """How many elements are wrong, and the first of them beside the right one; "" if none is."""
    if not wrong.any():
        return ""
    place = tuple(map(int, np.argwhere(wrong)[0]))
    where = f" at {list(place)}" if place else ""
    pair = f"{_number(got.data[place])} instead of {_number(ref.data[place])}"
    return f"{int(wrong.sum())} of {wrong.size} elements differ{by}; the first{where}: {pair}"


def _number(value: np.generic) -> str:
    """An element, short enough to be read and long enough to be told from its neighbors."""
    return f"{value:.6g}" if value.dtype.kind in "fc" else str(value)


def _same_type(got: str, ref: str, rule: str) -> bool:
    if got == ref:
        return True
    if got in FLOATS and ref in FLOATS:
        return rule == "float" or "float" in (got, ref)
    # Python's numbers have no width: an int stands for any integer, and for a Python float
    whole = all(name.startswith(("int", "uint")) for name in (got, ref))
    return (whole and "int" in (got, ref)) or (got, ref) == ("int", "float")


def _array(value: Value) -> Array:
    if isinstance(value, Array):
        return value
    data = float(value) if isinstance(value, int) and abs(value) >= 1 << 63 else value
    return Array(WEAK[type(value)], np.array(data))


def _name(value: Value) -> str:
    if isinstance(value, Array):
        return f"an array {value.data.shape}"
    return repr(value)[:60] if isinstance(value, (str, int, float)) else type(value).__name__
