"""What being late costs: due dates, penalties and extensions, applied when grades are settled.

`intake/policy_file.py` reads them from `policy.toml`. A penalty is taken from the points of the hidden tests, free text
is left alone; `results/` keep the raw score.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from autograder.grade.outcome import Delivery, Outcome

PERIODS = {"hour": timedelta(hours=1), "day": timedelta(days=1)}


@dataclass(frozen=True)
class Lateness:
    """What being late costs, in percent of the score, and the sentence that says so; nothing to say if on time."""

    percent: float = 0.0
    text: str = ""

    def of(self, score: float) -> float:
        """What is left of a score."""
        return round(score * (1 - self.percent / 100), 6)


ON_TIME = Lateness()


@dataclass(frozen=True)
class Rule:
    """What holds for one lab."""

    due: datetime | None = None
    grace: timedelta = timedelta()
    penalty: float = 0.0
    per: str = "day"
    floor: float = 0.0
    late_mark: float = 0.0
    extensions: Mapping[str, datetime | timedelta] = field(default_factory=dict)
    times: Mapping[str, datetime] = field(default_factory=dict)

    def when(self, student: str, delivery: Delivery) -> datetime | None:
        """When a submission was handed in, if somebody recorded that."""
        return self.times.get(student, delivery.when)

    def due_for(self, student: str) -> datetime | None:
        """The due date of one student."""
        extension = self.extensions.get(student)
        if self.due is None:
            return None
        return extension if isinstance(extension, datetime) else self.due + (extension or timedelta())

    def lateness(self, student: str, delivery: Delivery) -> Lateness:
        """What one student loses."""
        when, due, extension = self.when(student, delivery), self.due_for(student), self.extensions.get(student)
        if due is None or when is None:
            return self._marked(delivery, extended=extension is not None)
        late = when.astimezone(UTC) - due.astimezone(UTC)
        if late <= max(self.grace, timedelta()):
            return ON_TIME
        off = min(math.ceil(late / PERIODS[self.per]) * self.penalty, 100 - self.floor)
        extended = " after an extension" if extension is not None else ""
        return Lateness(off, f"late by {_span(late)}{extended}: {off:g} % off")

    def _marked(self, delivery: Delivery, *, extended: bool) -> Lateness:
        if not delivery.late:
            return ON_TIME
        if extended:
            return Lateness(0.0, "marked late, but has an extension and no recorded time: nothing off")
        off = min(self.late_mark, 100 - self.floor)
        return Lateness(off, f"marked late: {off:g} % off" if off else "marked late: nothing off")


class Policy:
    """The rules of all labs."""

    def __init__(self, rules: Mapping[str, Rule] | None = None, default: Rule | None = None) -> None:
        self.rules, self.default = dict(rules or {}), default or Rule()

    def of(self, lab: str) -> Rule:
        return self.rules.get(lab, self.default)

    def strangers(self, lab: str, students: Collection[str]) -> list[str]:
        """A line that names those of a lab's extensions and times who are not among `students`: perhaps misspelled."""
        rule = self.of(lab)
        unknown = sorted({*rule.extensions, *rule.times} - set(students))
        return [f"policy.toml: [{lab}] names {', '.join(unknown)}, of whom there is nothing"] if unknown else []

    def lateness(self, lab: str, outcome: Outcome) -> Lateness:
        """What a recorded submission loses; one that is not graded has nothing to lose."""
        return self.of(lab).lateness(outcome.student, outcome.delivery) if outcome.marked else ON_TIME


def _span(late: timedelta) -> str:
    """A length of time as people say it: "2 d 3 h", "14 min"."""
    minutes = max(1, math.ceil(late.total_seconds() / 60))
    days, hours, rest = minutes // 1440, minutes % 1440 // 60, minutes % 60
    parts = [f"{days} d"] * bool(days) + [f"{hours} h"] * bool(hours) + [f"{rest} min"] * bool(rest and not days)
    return " ".join(parts)
