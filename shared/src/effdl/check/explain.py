"""Say in words and squares what a case of a visible check found."""

from __future__ import annotations

import linecache
from collections.abc import Callable
from types import TracebackType
from typing import Any

import numpy as np
from torch import Tensor, nn

from effdl.check.case import Case, Parts
from effdl.check.compare import Difference
from effdl.check.render import Titled, columns, squares
from effdl.mcu import CompileError, McuError

__all__ = ["changed", "differs", "no_error", "own_error", "unwritten", "wrong_kind"]


MANY = 48  # squares, beyond which not all may be drawn
_STOPPED = {
    "CompileError": "does not compile",
    "Fault": "is stopped by the processor",
    "OutOfSram": "does not fit",
    "TooLong": "does not end",
}


def unwritten(case: Case) -> str:
    """The function is still the blank stub."""
    if case.function.endswith("_c"):
        return (
            f"`{case.function}` is not written yet. Put your C code in the place of the comment YOUR CODE HERE and the "
            "line `#error`, run that cell, then this one."
        )
    return (
        f"`{case.function}` is not written yet. Put your code in the place of `raise NotImplementedError()`, "
        "run that cell, then this one."
    )


def wrong_kind(case: Case, problem: Exception) -> str:
    """The result is nothing that could be compared."""
    return f"{case.call} {problem}.\n\n{columns(_inputs(case))}"


def no_error(case: Case) -> str:
    """A bad argument was taken."""
    return f"{case.call} should raise {case.raises.__name__}, but it returns a result."


def changed(case: Case, name: str) -> str:
    """The result is right, an argument is not what it was."""
    return f"{case.call} gives the right result, but it changes its input `{name}`: work on a copy."


def own_error(case: Case, function: Callable[..., Any], problem: Exception) -> str:
    """The student's own error, with the line of their code in which it came up."""
    if isinstance(problem, McuError):  # says what is wrong in which line of the C text
        how = _STOPPED.get(type(problem).__name__, "does not run")
        inputs = "" if isinstance(problem, CompileError) else f"\n\n{columns(_inputs(case))}"
        return f"{case.call} {how}:\n{problem}{inputs}"
    said = f"{case.call} raises {type(problem).__name__}: {problem}"
    file = _file(function)
    number = _last_line(problem.__traceback__, file)
    if number:
        said += f"\nin line {number} of your cell:  {linecache.getline(file, number).strip()}"
    if case.raises:
        return f"{said}\nAsked for here is {case.raises.__name__}."
    return f"{said}\n\n{columns(_inputs(case))}"


def _file(function: Callable[..., Any]) -> str:
    """The file, or cell, in which a function or the first method of a class stands."""
    parts = [getattr(function, name) for name in vars(function)] if isinstance(function, type) else [function]
    codes = [getattr(part, "__code__", None) for part in parts]
    return next((code.co_filename for code in codes if code), "")


def _last_line(trace: TracebackType | None, file: str) -> int:
    number = 0
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == file:
            number = trace.tb_lineno
        trace = trace.tb_next
    return number


def differs(case: Case, found: Difference, slip: str, got: Parts, expected: Parts) -> str:
    """What differs, the likely slip, and input, yours and expected side by side."""
    name = found.part
    results = []
    for owner, parts in (("yours", got), ("expected", expected)):
        if name in parts:
            where = found.where if found.where is not None and found.where.shape == parts[name].shape else None
            title = " ".join(filter(None, [owner, name, str(parts[name].shape)]))
            results.append((title, squares(parts[name], where)))
    results += _gap(found, got, expected)
    subject = f"{case.call}: {name}" if name else case.call
    text = f"{subject} {found.sentence}.\n"
    if slip:
        text += f"Likely slip: {slip}\n"
    text += f"\n{columns(_inputs(case), results)}"
    return text if found.where is None else f"{text}\n\nSquares in [brackets] differ.{_first(found, got, expected)}"


def _first(found: Difference, got: Parts, expected: Parts) -> str:
    """Where the first difference of a large array is, which may lie outside of what is drawn."""
    if found.where is None or found.where.size <= MANY or found.part not in got.keys() & expected.keys():
        return ""
    index = tuple(np.argwhere(found.where)[0].tolist())
    yours, want = (squares(parts[found.part][index])[0].strip() for parts in (got, expected))
    return f" The first is at {list(index)}: {yours}, expected is {want}."


def _gap(found: Difference, got: Parts, expected: Parts) -> list[Titled]:
    """The difference of two arrays of numbers as a block of its own, none where there is nothing to subtract."""
    if found.where is None or found.where.ndim == 0 or found.part not in expected:
        return []
    yours, want = got[found.part], expected[found.part]
    if yours.shape != want.shape or not {yours.dtype.kind, want.dtype.kind} <= set("iuf"):
        return []
    with np.errstate(invalid="ignore"):
        gap = yours.astype(float) - want.astype(float)
    return [("yours - expected", squares(np.where(found.where, gap, 0.0), found.where))]


def _inputs(case: Case) -> list[Titled]:
    """Title and text of each input that is worth showing; modules share one block."""
    tensors = [
        (name, value.detach().numpy() if isinstance(value, Tensor) else value)
        for name, value in case.args.items()
        if isinstance(value, Tensor | np.ndarray)
    ]
    shown = [(f"input {name} {array.shape}", squares(array)) for name, array in tensors]
    modules = [(name, value) for name, value in case.args.items() if isinstance(value, nn.Module)]
    if modules:
        shown.insert(0, ("input modules", [f"{name} = {value}" for name, value in modules]))
    return shown
