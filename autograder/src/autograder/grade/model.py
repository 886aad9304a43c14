"""What passes between the stages of grading: plain records, no behavior that reads or writes files."""

from __future__ import annotations

from dataclasses import dataclass

# How a case ended. "pass": full credit; "partial": a judge gave some; "mismatch": another value; "error": the answer
# raised; "timeout", "died": the answer hung or killed the kernel; "not_run": not reached after one of these;
# "missing": the answer is undefined or still the blank stub; "forbidden": it called what the exercise forbids.
CASE_STATUSES = ("pass", "partial", "mismatch", "error", "timeout", "died", "not_run", "missing", "forbidden")


def earned(points: float, share: float) -> float:
    """What a share of a case's points comes to."""
    return round(points * share, 6)


@dataclass(frozen=True, slots=True)
class CaseResult:
    """One hidden case of one submission. `detail` is for teaching assistants, never for students.

    `share` is what was earned of the points, before rounding.
    """

    exercise: str
    case: str
    points: float
    earned: float
    status: str
    hint: str
    detail: str = ""
    share: float = 0.0


@dataclass(frozen=True)
class ExerciseResult:
    """One exercise of one submission; `note` is a sentence that the student may read.

    `key` stands for all that decides how the cases end: equal keys, equal endings.
    """

    exercise: str
    title: str
    points: float
    cases: tuple[CaseResult, ...]
    note: str = ""
    key: str = ""

    @property
    def earned(self) -> float:
        return sum(case.earned for case in self.cases)


@dataclass(frozen=True)
class Event:
    """Something the instructor should know: a restored cell, a killed kernel, a skipped file.

    `exercise`: whose hidden cases it is about, "" if it is about the notebook itself.
    """

    kind: str
    text: str
    exercise: str = ""


@dataclass(frozen=True)
class Marked:
    """A graded notebook. `joined`: its exercises cannot be tested one without the others."""

    lab: str
    version: str
    exercises: tuple[ExerciseResult, ...]
    events: tuple[Event, ...] = ()
    joined: bool = False

    @property
    def score(self) -> float:
        return round(sum(exercise.earned for exercise in self.exercises), 6)

    @property
    def max_score(self) -> float:
        return sum(exercise.points for exercise in self.exercises)
