"""What is recorded of one submission, and its JSON form in `results/labNN.json`."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from autograder.grade.ids import clean
from autograder.grade.model import CaseResult, Event, ExerciseResult, Marked

STATUSES = ("graded", "invalid", "error")
ADDRESS = re.compile(r"\b0x[0-9a-f]{6,16}\b")
MESSAGE_LIMIT = 400
# what many students have in common is held once
_same = lru_cache(maxsize=4000)(str)


@dataclass(frozen=True)
class Delivery:
    """How a submission came in, as far as it was recorded: when, with a late mark, which attempt (0: unknown).

    `name`, `email` and `lms_id` are what a learning-management system calls the student.
    """

    when: datetime | None = None
    late: bool = False
    attempt: int = 0
    name: str = ""
    email: str = ""
    lms_id: str = ""

    def to_json(self) -> dict[str, Any]:
        """What is known of it, plain."""
        known = asdict(self) | {"when": self.when.isoformat() if self.when else ""}
        return {name: value for name, value in known.items() if value}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Delivery:
        return cls(**data | {"when": datetime.fromisoformat(data["when"]) if "when" in data else None})


UNKNOWN = Delivery()


@dataclass(frozen=True)
class Outcome:
    """One row: a submission and how it ended. `marked` is there if and only if the status is "graded".

    `key` stands for everything that the marks depend on: lab, hidden tests, seed and the submitted bytes.
    """

    student: str
    file: str
    status: str
    message: str = ""
    sha256: str = ""
    key: str = ""
    marked: Marked | None = None
    delivery: Delivery = UNKNOWN

    @property
    def score(self) -> float | None:
        return None if self.marked is None else self.marked.score

    def to_json(self) -> dict[str, Any]:
        data = {"student": self.student, "file": self.file, "status": self.status, "message": self.message}
        data |= {"sha256": self.sha256, "key": self.key}
        if self.delivery != UNKNOWN:
            data["delivery"] = self.delivery.to_json()
        if self.marked is not None:
            data |= {"score": self.marked.score, "max_score": self.marked.max_score, **marked_to_json(self.marked)}
        return data

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Outcome:
        marked = marked_from_json(data) if data["status"] == "graded" else None
        named = {name: data[name] for name in ("student", "file", "status", "message", "sha256", "key")}
        return cls(**named, marked=marked, delivery=Delivery.from_json(data.get("delivery", {})))


def marked_to_json(marked: Marked) -> dict[str, Any]:
    """Plain data. Addresses of objects, which differ between equal runs, are blanked."""
    return _without_addresses(asdict(marked))


def marked_from_json(data: dict[str, Any]) -> Marked:
    """The marks; a case that ended alike for several students is one object."""
    exercises = tuple(map(_exercise, data["exercises"]))
    events = tuple(Event(**event) for event in data["events"])
    return Marked(data["lab"], data["version"], exercises, events, data.get("joined", False))


def _exercise(exercise: dict[str, Any]) -> ExerciseResult:
    cases = tuple(_case(**case) for case in exercise["cases"])
    return ExerciseResult(**exercise | {"title": _same(exercise["title"]), "cases": cases})


@lru_cache(maxsize=2000, typed=True)  # typed: 2 and 2.0 are equal, and written differently
def _case(**case: Any) -> CaseResult:
    return CaseResult(**case | {name: _same(case[name]) for name in ("exercise", "case", "status", "hint")})


def one_line(*parts: str) -> str:
    """The non-empty `parts` as one bounded line that a terminal shows as it is."""
    text = clean(" ".join("; ".join(part for part in parts if part).split()))
    return text if len(text) <= MESSAGE_LIMIT else text[: MESSAGE_LIMIT - 3] + "..."


def _without_addresses(data: Any) -> Any:
    if isinstance(data, str):
        return ADDRESS.sub("0x...", data)
    if isinstance(data, dict):
        return {key: _without_addresses(value) for key, value in data.items()}
    if isinstance(data, (list, tuple)):
        return [_without_addresses(value) for value in data]
    return data


def check_id(exercise: str) -> str:
    """The id of the grade cell that carries the points of exercise "3.2": "lab03-ex2-check"."""
    lab, number = exercise.split(".")
    return f"lab{int(lab):02d}-ex{number}-check"
