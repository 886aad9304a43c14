"""Check an answer in the student's kernel, with help: what came in, what came out, what was expected, the likely slip.

`check("3.1", group_scores)` runs the cases of `effdl.check.lab03`: shape first, then dtype, then values, and stops at
the first failure. A pass prints one line and returns None.

This leaves out the hidden tests, which try more: passing here is not full marks.

Sources: the cases' expected values come from `effdl`, whose functions are tested against PyTorch, SciPy and
scikit-learn.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from effdl.check import explain, slips
from effdl.check.case import Case, Parts, WrongKind, output
from effdl.check.compare import Difference, difference, largest_error

__all__ = ["CheckFailed", "check"]

SHOWN_ERROR = 1e-5  # smaller ones differ from machine to machine, even from run to run


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
    answers = plan.functions(functions)
    largest = 0.0
    for number, case in enumerate(plan.cases):
        error, failure = _try(exercise, number, case, answers[case.function])
        if failure:
            raise CheckFailed(f"Exercise {exercise}, check {number + 1} of {len(plan.cases)}: {case.about}\n{failure}")
        largest = max(largest, error)
    shown = f"{largest:.0e}" if largest >= SHOWN_ERROR else f"below {SHOWN_ERROR:.0e}"
    says = plan.established.format(n=len(plan.cases), error=shown)
    costs = "".join(f" {plan.report(text)}" for text in functions) if plan.report else ""
    print(f"{exercise}: {says}.{costs} The hidden tests try more: this is not full marks yet.")


def _try(exercise: str, number: int, case: Case, function: Callable[..., Any]) -> tuple[float, str]:
    """The largest error on one case, and what is wrong ("" if nothing is)."""
    try:
        got, changed = output(case, function)
    except NotImplementedError:
        return 0.0, explain.unwritten(case)
    except WrongKind as problem:
        return 0.0, explain.wrong_kind(case, problem)
    except Exception as problem:
        right = case.raises is not None and isinstance(problem, case.raises)
        return 0.0, "" if right else explain.own_error(case, function, problem)
    if case.raises:
        return 0.0, explain.no_error(case)
    expected = output(case, case.reference)[0] if case.reference else {}
    found = _judge(case, got, expected)
    if found:
        return 0.0, explain.differs(case, found, slips.likely(exercise, number, got), got, expected)
    return largest_error(got, expected), explain.changed(case, changed) if changed else ""


def _judge(case: Case, got: Parts, expected: Parts) -> Difference | None:
    """Shape and dtype; then the rule of the case, which says more than that values differ; then values."""
    found = difference(got, expected, case.rtol) if case.reference else None
    if found and (found.part or found.where is None):
        return found
    broken = case.bound(got, **case.args) if case.bound else None
    return Difference("", broken, found.where if found else None) if broken else found
