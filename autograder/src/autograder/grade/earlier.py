"""What earlier runs found out of submissions, and what of it still holds: only exercises whose tests changed are run.

Marks are put together from the newest endings of each exercise. What these are worth, and what is said of them, comes
from the lab as it is now.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from autograder.grade.fingerprint import Keys
from autograder.grade.model import ExerciseResult, Marked, earned
from autograder.grade.outcome import Outcome
from autograder.lab import Exercise, Lab

# how an exercise ended, among the marks that it belongs to
Part = tuple[ExerciseResult, Marked]


class Earlier:
    """The marks of earlier runs, found again by what they depend on."""

    def __init__(self, lab: Lab, keys: Keys, outcomes: Iterable[Outcome]) -> None:
        self.lab, self.keys = lab, keys
        self.marks: dict[str, Marked] = {}
        self.parts: dict[str, Part] = {}
        for outcome in outcomes:
            if outcome.marked is not None:
                self.marks[outcome.key] = outcome.marked
                self.parts |= {each.key: (each, outcome.marked) for each in outcome.marked.exercises if each.key}

    def find(self, sha256: str) -> Marked | None:
        """The marks of a submission, if nothing has to be run for them."""
        marked = self.marks.get(self.keys.whole(sha256))
        for joined in () if marked else (False, True):
            parts = self._parts(sha256, joined=joined)
            if len(parts) == len(self.lab.exercises):
                return self._together(sha256, parts, next(iter(parts.values()))[1])
        return marked

    def missing(self, sha256: str) -> tuple[str, ...]:
        """The exercises that have to be run; () if all have to be."""
        parts = self._parts(sha256, joined=False)
        return tuple(exercise.id for exercise in self.lab.exercises if exercise.id not in parts) if parts else ()

    def complete(self, sha256: str, fresh: Marked) -> Marked:
        """Marks that were just made, with what is known of the exercises that were not run."""
        parts = self._parts(sha256, joined=False) | {each.exercise: (each, fresh) for each in fresh.exercises}
        return self._together(sha256, parts, fresh)

    def _parts(self, sha256: str, *, joined: bool) -> dict[str, Part]:
        found = {}
        for exercise in self.lab.exercises:
            part = self.parts.get(self.keys.of(sha256, exercise.id, joined=joined))
            if part is not None and _names(part[0]) == [case.name for case in self.lab.hidden.of(exercise.id)]:
                found[exercise.id] = self._now(exercise, part[0]), part[1]
        return found

    def _together(self, sha256: str, parts: Mapping[str, Part], about: Marked) -> Marked:
        """Marks out of parts; what is told of the notebook itself is told by `about`."""
        exercises = []
        events = [event for event in about.events if not event.exercise]
        for exercise in self.lab.exercises:
            result, marks = parts[exercise.id]
            key = self.keys.of(sha256, exercise.id, joined=about.joined)
            exercises.append(replace(result, key=key))
            events += [event for event in marks.events if event.exercise == exercise.id]
        told = tuple(dict.fromkeys(events))
        return Marked(self.lab.name, self.lab.version, tuple(exercises), told, about.joined)

    def _now(self, exercise: Exercise, result: ExerciseResult) -> ExerciseResult:
        """What an earlier ending is worth today."""
        cases = tuple(
            replace(case, points=new.points, earned=earned(new.points, case.share), hint=new.hint)
            for new, case in zip(self.lab.hidden.of(exercise.id), result.cases, strict=True)
        )
        return replace(result, title=exercise.title, points=exercise.points, cases=cases)


def _names(result: ExerciseResult) -> list[str]:
    return [case.case for case in result.cases]
