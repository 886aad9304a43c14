"""Check an answer in the student's kernel, with help: what came in, what came out, what was expected, the likely slip.

`check("3.1", group_scores)` runs the cases of `effdl.check.lab03`: shape first, then dtype, then values. It counts how
many are right and explains the first that is not. A pass prints one line, which ends in a digest of the answer's text:
by it `effdl progress` knows which answer passed.

This leaves out the hidden tests, which try more: passing here is not full marks.

Sources: the cases' expected values come from `effdl`, whose functions are tested against PyTorch, SciPy and
scikit-learn.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from effdl.check import explain, slips
from effdl.check.case import Case, Parts, Plan, WrongKind, output
from effdl.check.compare import Difference, difference, largest_error
from effdl.mcu import CompileError, TooLong
from effdl.student import answers, session

__all__ = ["CheckFailed", "check"]

SHOWN_ERROR = 1e-5  # smaller ones differ from machine to machine, even from run to run
MORE = "The hidden tests try more: this is not full marks yet."


class CheckFailed(Exception):
    """A visible check did not pass; the text says where, and what may be wrong."""

    def _render_traceback_(self) -> list[str]:
        """What IPython prints instead of a traceback."""
        return str(self).splitlines()


def check(exercise: str, *functions: Callable[..., Any] | str) -> None:
    """Run the visible check of an exercise on the student's function, or functions in the order of the lab.

    Where the lab asks for C, the answer is its text.

    Raises: CheckFailed at the first case that is not right; ValueError if there is no such exercise; TypeError if an
        answer in C is no text
    Source: the cases of `effdl.check.labNN`
    """
    plan = slips.plan(exercise)
    if len(functions) != len(plan.names):
        raise ValueError(f"check: exercise {exercise} takes {', '.join(plan.names)}; got {len(functions)} functions")
    answer = answers.digest_of_objects(zip(plan.names, functions, strict=True))
    tried = _try_all(exercise, plan, plan.functions(functions))
    right = sum(not found.failure for found in tried)
    session.keep(exercise, session.Verdict(right, len(plan.cases), answer))
    for case, found in zip(plan.cases, tried, strict=True):
        if found.failure:
            raise CheckFailed(f"Exercise {exercise}: {_count(tried)}{found.opening(case)}{found.failure}")
    mark = f" [answer {answer}]" if answer else ""
    print(f"{exercise}: {_established(plan, tried, functions)}. {MORE}{mark}")


def _established(plan: Plan, tried: list[_Tried], functions: Iterable[Any]) -> str:
    """What a pass shows, and what an answer in C costs."""
    largest, n = max((found.error for found in tried), default=0.0), len(plan.cases)
    shown = f"{largest:.0e}" if largest >= SHOWN_ERROR else f"below {SHOWN_ERROR:.0e}"
    costs = [plan.report(text) for text in functions] if plan.report else []
    return ". ".join([f"{n} of {n} right: {plan.established.format(n=n, error=shown)}", *costs]).rstrip(".")


@dataclass(frozen=True)
class _Tried:
    """One case: the largest error, what is wrong ("" if nothing is), whether to try no more, whether it is blank."""

    error: float = 0.0
    failure: str = ""
    stops: bool = False
    blank: bool = False

    def opening(self, case: Case) -> str:
        """What stands before the failure: which case it is of, unless nothing is written at all."""
        return "" if self.blank else f"To mend first: {case.about}.\n"


def _count(tried: list[_Tried]) -> str:
    """How many cases are right; nothing where nothing is written."""
    right, so_far = sum(not found.failure for found in tried), any(found.stops for found in tried)
    if not right and tried[0].blank:
        return ""
    return f"{right} of {len(tried)} cases are right{' so far' if so_far else ''}. "


def _try_all(exercise: str, plan: Plan, functions: dict[str, Callable[..., Any]]) -> list[_Tried]:
    """What became of each case; after a text that does not compile or end its other cases are not tried."""
    tried: list[_Tried] = []
    stopped: dict[str, _Tried] = {}
    for number, case in enumerate(plan.cases):
        found = stopped.get(case.function) or _try(exercise, number, case, functions[case.function])
        tried.append(found)
        if found.stops:
            stopped[case.function] = found
    return tried


def _try(exercise: str, number: int, case: Case, function: Callable[..., Any]) -> _Tried:
    try:
        got, changed = output(case, function)
    except NotImplementedError:
        return _Tried(failure=explain.unwritten(case), blank=True)
    except WrongKind as problem:
        return _Tried(failure=explain.wrong_kind(case, problem))
    except Exception as problem:
        right = case.raises is not None and isinstance(problem, case.raises)
        stops = isinstance(problem, CompileError | TooLong)
        return _Tried() if right else _Tried(failure=explain.own_error(case, function, problem), stops=stops)
    if case.raises:
        return _Tried(failure=explain.no_error(case))
    expected = output(case, case.reference)[0] if case.reference else {}
    found = _judge(case, got, expected)
    if found:
        return _Tried(failure=explain.differs(case, found, slips.likely(exercise, number, got), got, expected))
    return _Tried(largest_error(got, expected), explain.changed(case, changed) if changed else "")


def _judge(case: Case, got: Parts, expected: Parts) -> Difference | None:
    """Shape and dtype; then the rule of the case, which says more than that values differ; then values."""
    found = difference(got, expected, case.rtol) if case.reference else None
    if found and (found.part or found.where is None):
        return found
    broken = case.bound(got, **case.args) if case.bound else None
    return Difference("", broken, found.where if found else None) if broken else found
