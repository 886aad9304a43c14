"""What `autograder check LAB --record` found of a lab's tests, kept so that the index can publish it."""

from __future__ import annotations

import json
from pathlib import Path

from autograder.course import Course

FIELDS = ("cases", "wrong", "right", "mutants", "killed", "equivalent")


def record_path(course: Course, lab: str) -> Path:
    """Where the numbers stand: beside the wrong answers that they count."""
    return course.wrong(lab) / "proven.json"


def read_record(course: Course, lab: str) -> dict[str, int] | None:
    """The recorded numbers by `FIELDS`, None if nothing was recorded yet.

    Raises: ValueError if the file is damaged
    """
    path = record_path(course, lab)
    if not path.exists():
        return None
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        return {field: int(found[field]) for field in FIELDS}
    except (ValueError, KeyError, TypeError) as problem:
        raise ValueError(f"{lab}/{path.name} is damaged: run 'autograder check {lab} --record'") from problem


def write_record(course: Course, lab: str, numbers: dict[str, int]) -> None:
    """Keep the numbers of a proof without a problem."""
    record_path(course, lab).write_text(json.dumps(numbers, indent=1) + "\n", encoding="utf-8")
