"""`grades.csv`: one row per submission of every lab, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass, fields

from autograder.grade.manual import Manual
from autograder.grade.model import ExerciseResult
from autograder.grade.outcome import Outcome, check_id, one_line
from autograder.grade.policy import ON_TIME, Lateness
from autograder.grade.words import number

# a spreadsheet takes a cell that begins so for a formula (full-width signs included)
FORMULA = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")


@dataclass(frozen=True)
class Row:
    """A row of `grades.csv`; these are its columns."""

    student_id: str
    lab: str
    score: str
    max_score: str
    status: str
    message: str
    manual_score: str = ""
    manual_max: str = ""
    needs_manual: str = ""


def row(outcome: Outcome, lab: str, max_score: float, manual: Manual, lateness: Lateness = ON_TIME) -> Row:
    """The row of one submission, its score after what being late costs.

    What was not graded has no score, which is not the same as 0.
    """
    if outcome.marked is None:
        return Row(outcome.student, lab, "", number(max_score), outcome.status, outcome.message)
    total = raw_total(outcome, manual)
    by_hand = [
        exercise.exercise for exercise in outcome.marked.exercises if check_id(exercise.exercise) in manual.overrides
    ]
    changed = f"set by hand: {', '.join(by_hand)}" if by_hand else ""
    return Row(
        outcome.student,
        lab,
        number(lateness.of(total)),
        number(outcome.marked.max_score),
        outcome.status,
        one_line(_late(lateness, total), outcome.message, changed),
        number(manual.score),
        number(manual.max_score),
        "yes" if manual.needs_manual else "no",
    )


def final(exercise: ExerciseResult, manual: Manual) -> float:
    """The points of an exercise: a person's, where one set them, else ours."""
    return manual.overrides.get(check_id(exercise.exercise), exercise.earned)


def raw_total(outcome: Outcome, manual: Manual) -> float:
    """The points of all exercises, before anything is taken off for being late."""
    return sum(final(exercise, manual) for exercise in outcome.marked.exercises) if outcome.marked else 0.0


def _late(lateness: Lateness, total: float) -> str:
    return f"{lateness.text} of {number(total)}" if lateness.percent else lateness.text


def to_csv(rows: list[Row]) -> str:
    """The table as text."""
    return csv_text([field.name for field in fields(Row)], map(astuple, rows))


def csv_text(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A CSV file as text, no cell of which a spreadsheet takes for a formula."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(safe(cell) for cell in header)
    writer.writerows([safe(cell) for cell in each] for each in rows)
    return text.getvalue()


def safe(cell: str) -> str:
    """`cell` as a spreadsheet shows it literally: an apostrophe keeps it from being a formula."""
    shown = cell.replace("\r", " ")  # which csv would leave unquoted
    return f"'{shown}" if cell.startswith(FORMULA) else shown
