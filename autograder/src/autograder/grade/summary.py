"""What a grading run came to, for the command line to print."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from autograder.grade.collect import Skipped
from autograder.grade.outcome import STATUSES
from autograder.grade.tables import Row

SHOWN = 20


@dataclass(frozen=True)
class GradeSummary:
    """`rows` are this lab's rows of `grades.csv`; `changes` the scores (student, recorded, now) that differ."""

    lab: str
    out: Path
    rows: tuple[Row, ...]
    skipped: tuple[Skipped, ...]
    changes: tuple[tuple[str, float, float], ...]
    notes: tuple[str, ...]
    errors: tuple[str, ...]
    seconds: dict[str, float]
    dry_run: bool = False

    @property
    def exit_code(self) -> int:
        """0 if every submission ended as graded or invalid, 1 if the grader itself failed on one."""
        return 1 if self.errors else 0

    def count(self, status: str) -> int:
        return sum(row.status == status for row in self.rows)

    def lines(self) -> list[str]:
        """A table of the class, what was left out and why, and where everything stands."""
        width = max((len(row.student_id) for row in self.rows), default=0)
        lines = [
            f"{row.student_id:<{width}}  {_score(row):>11}  {row.status:<7}  {row.message}".rstrip()
            for row in self.rows
        ]
        lines += [f"left out: {_reason(each)}" for each in self.skipped]
        lines += self.notes
        counted = Counter(row.status for row in self.rows)
        told = ", ".join(f"{counted[status]} {status}" for status in STATUSES if counted[status])
        where = "nothing was recorded (dry run)" if self.dry_run else f"recorded in {self.out}"
        return [*lines, f"{self.lab}: {told or 'no submissions'}; {where}"]


def some(names: list[str]) -> str:
    """The first of many names, and how many more there are."""
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more


def _score(row: Row) -> str:
    return f"{row.score} of {row.max_score}" if row.score else "-"


def _reason(skipped: Skipped) -> str:
    return skipped.reason if skipped.reason.startswith(skipped.file) else f"{skipped.file}: {skipped.reason}"
