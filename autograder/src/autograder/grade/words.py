"""The words in which students read their results: exercise by exercise, never a hidden value or a line of a test."""

from __future__ import annotations

from autograder.grade.model import CaseResult, ExerciseResult

CASE_WORDS = {
    "pass": "passed",
    "partial": "partly right",
    "mismatch": "gives another result",
    "error": "raises an error",
    "timeout": "takes too long",
    "died": "stops the kernel",
    "not_run": "not reached",
    "missing": "not written yet",
    "forbidden": "calls what the exercise forbids",
}
VISIBLE_IS_NOT_ALL = (
    "The hidden tests try more inputs than the checks in the notebook: passing the visible checks is not full marks."
)


def number(value: float) -> str:
    """A score without trailing zeros, at most two decimals."""
    return f"{value:.2f}".rstrip("0").rstrip(".") or "0"


def points(earned: float, of: float) -> str:
    return f"{number(earned)} of {number(of)}"


def case_line(case: CaseResult) -> str:
    """What feedback says of one case: how it ended, its points and, unless it passed, its hint."""
    ended = CASE_WORDS.get(case.status, case.status)
    hint = f": {case.hint}" if case.status != "pass" and case.hint else ""
    return f"{points(case.earned, case.points)} - {ended}{hint}"


def lines(exercise: ExerciseResult) -> list[str]:
    """What feedback says of one exercise, as plain text."""
    head = f"{points(exercise.earned, exercise.points)} points"
    return [head, *([exercise.note] if exercise.note else []), *map(case_line, exercise.cases)]
