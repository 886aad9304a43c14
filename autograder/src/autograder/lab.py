"""A lab as the grader sees it: its exercises, from the built solution notebook, and its hidden tests."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import nbformat

from autograder.course import Course
from autograder.percent import read_cells


@dataclass(frozen=True)
class Exercise:
    """One graded function of a lab; `id` is "3.2", `grade_id` nbgrader's "lab03-ex2"."""

    id: str
    title: str
    names: tuple[str, ...]
    source: str
    points: float
    minutes: int
    difficulty: int
    forbid: tuple[str, ...] = ()

    @property
    def grade_id(self) -> str:
        lab, number = self.id.split(".")
        return f"lab{int(lab):02d}-ex{number}"

    @property
    def language(self) -> str:
        """In what it is written: "python", or "c" as a text that the grader compiles."""
        return "c" if ".c:" in self.source else "python"

    @property
    def check_id(self) -> str:
        """The id of nbgrader's grade cell, which carries the points."""
        return f"{self.grade_id}-check"

    def to_metadata(self) -> dict[str, Any]:
        return {**asdict(self), "names": list(self.names), "forbid": list(self.forbid)}

    @classmethod
    def from_metadata(cls, data: dict[str, Any]) -> Exercise:
        return cls(**{**data, "names": tuple(data["names"]), "forbid": tuple(data["forbid"])})


@dataclass(frozen=True)
class Case:
    """One hidden test: code that shows a result, and how that result is compared."""

    exercise: str
    name: str
    points: float
    hint: str
    code: str
    judge: str = ""
    rtol: float | None = None
    dtype: str = ""

    @property
    def id(self) -> str:
        return f"{self.exercise}: {self.name}"


@dataclass(frozen=True)
class HiddenTests:
    """`autograder/hidden/labNN.py`: what runs in the sandbox (`setup`, `cases`) and what never does (`judges`)."""

    cases: tuple[Case, ...]
    setup: str = ""
    judges: str = ""
    limits: dict[str, int] | None = None
    withhold: tuple[str, ...] = ()

    def of(self, exercise: str) -> tuple[Case, ...]:
        return tuple(case for case in self.cases if case.exercise == exercise)


@dataclass(frozen=True)
class Lab:
    """Everything that grading one lab needs."""

    name: str
    title: str
    version: str
    stem: str
    exercises: tuple[Exercise, ...]
    solution: Path
    release: Path
    hidden: HiddenTests

    @property
    def max_score(self) -> float:
        return sum(exercise.points for exercise in self.exercises)


CASE_MARKS = {"exercise", "case", "points", "hint", "judge", "rtol", "dtype"}
HEADER_MARKS = {"role", "memory_mib", "cpu_s", "processes", "file_mib", "withhold"}


def read_hidden(path: Path) -> HiddenTests:
    """Read a file of hidden tests.

    A cell marked `role="setup"` runs at the start of each case (its other marks are limits and `withhold`), one marked
    `role="judge"` holds the grader-side functions, every other code cell is a case.

    Raises: ValueError naming the file, the case and what is wrong
    """
    setup, judges, cases, limits, withhold = [], [], [], {}, ()
    for cell in read_cells(path):
        if cell.kind != "code":
            continue
        role = cell.marks.get("role")
        unknown = set(cell.marks) - (HEADER_MARKS if role else CASE_MARKS)
        if unknown:
            raise ValueError(f"{path.name}: unknown marks {sorted(unknown)} on the cell {cell.source[:40]!r}")
        if role == "setup":
            setup.append(cell.source)
            withhold = tuple(filter(None, str(cell.marks.get("withhold", "")).replace(" ", "").split(",")))
            limits |= {key: int(value) for key, value in cell.marks.items() if key not in ("role", "withhold")}
        elif role == "judge":
            judges.append(cell.source)
        else:
            cases.append(_case(path, cell.marks, cell.source))
    return HiddenTests(tuple(cases), "\n".join(setup), "\n".join(judges), limits or None, withhold)


def _case(path: Path, marks: dict[str, Any], source: str) -> Case:
    missing = {"exercise", "case", "points", "hint"} - set(marks)
    if missing:
        raise ValueError(f"{path.name}: the cell {source[:40]!r} lacks {sorted(missing)}")
    return Case(
        exercise=str(marks["exercise"]),
        name=str(marks["case"]),
        points=float(marks["points"]),
        hint=str(marks["hint"]),
        code=source,
        judge=str(marks.get("judge", "")),
        rtol=float(marks["rtol"]) if "rtol" in marks else None,
        dtype=str(marks.get("dtype", "")),
    )


def load_lab(course: Course, name: str) -> Lab:
    """The lab `name` of a course, from its built solution notebook and its hidden tests.

    Raises: UnknownLab; ValueError if it has not been built, or if its cases' points do not add up to the exercises'
    """
    path = course.solution(name)
    if not path.exists():
        raise ValueError(f"{path.name} has not been built: run 'autograder build {name}'")
    about = nbformat.read(path, as_version=4).metadata.effdl
    exercises = tuple(Exercise.from_metadata(dict(entry)) for entry in about.exercises)
    hidden = read_hidden(course.hidden(name))
    for exercise in exercises:
        total = sum(case.points for case in hidden.of(exercise.id))
        if total != exercise.points:
            raise ValueError(
                f"{course.hidden(name).name}: the cases of exercise {exercise.id} sum to {total:g} points, "
                f"the exercise has {exercise.points:g}"
            )
    return Lab(name, about.title, about.version, path.stem, exercises, path, course.release(name), hidden)
