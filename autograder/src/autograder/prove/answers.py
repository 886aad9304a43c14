"""Read `autograder/wrong/labNN/`: the wrong answers and the other right answers of each exercise."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

from autograder.course import Course
from autograder.lab import Lab
from autograder.percent import read_cells


@dataclass(frozen=True)
class Answer:
    """A known answer. `says` is the sentence that names the slip, or what is different about a right one."""

    exercise: str
    right: bool
    says: str
    source: str


def known_answers(course: Course, lab: Lab) -> list[Answer]:
    """Every answer of `wrong/labNN/exN.py`, in order of exercise.

    Raises: ValueError if an exercise has no wrong answers, or a cell is not marked as either
    """
    found = []
    for exercise in lab.exercises:
        path = course.wrong(lab.name) / f"ex{exercise.id.split('.')[1]}.py"
        answers = read_answers(path, exercise.id)
        if not any(not answer.right for answer in answers):
            raise ValueError(f"{path.name} of {lab.name} holds no wrong answer for exercise {exercise.id}")
        found += answers
    return found


def read_answers(path: Path, exercise: str) -> list[Answer]:
    """The marked cells of one file; markdown is skipped.

    Raises: ValueError naming a cell that is neither `wrong="..."` nor `right="..."`
    """
    answers = []
    for cell in read_cells(path):
        if cell.kind != "code":
            continue
        if len({"wrong", "right"} & set(cell.marks)) != 1:
            raise ValueError(f'{path.name}: mark the cell {cell.source[:40]!r} with wrong="..." or right="..."')
        right = "right" in cell.marks
        answers.append(Answer(exercise, right, str(cell.marks["right" if right else "wrong"]), cell.source))
    return answers


def equivalent_mutants(course: Course, lab: Lab) -> dict[tuple[str, str], str]:
    """(exercise, change) -> why no test can tell that mutant from the reference; from `equivalent.toml`."""
    path = course.wrong(lab.name) / "equivalent.toml"
    if not path.exists():
        return {}
    tables = tomllib.loads(path.read_text(encoding="utf-8"))
    return {(exercise, change): why for exercise, rows in tables.items() for change, why in rows.items()}
