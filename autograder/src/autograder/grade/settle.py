"""What becomes of the recorded grades when a class is graded again: nothing is replaced without being asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from autograder.grade.outcome import Outcome
from autograder.grade.policy import ON_TIME, Lateness
from autograder.grade.words import number


@dataclass(frozen=True)
class Settled:
    """`final` holds one outcome per student; `fresh` those students whose record is new or changed.

    `changes` are the scores that differ from recorded ones, taken or not, `notes` the lines that say so, and `errors`
    the students whom this run could not grade.
    """

    final: dict[str, Outcome]
    fresh: frozenset[str]
    changes: tuple[tuple[str, float, float], ...]
    notes: tuple[str, ...]
    errors: tuple[str, ...]


def settle(
    recorded: Mapping[str, Outcome],
    new: Iterable[Outcome],
    *,
    force: bool,
    lateness: Callable[[Outcome], Lateness] = lambda outcome: ON_TIME,
) -> Settled:
    """Put new outcomes beside recorded ones. A recorded grade gives way to a different grade only by `force`.

    Grades differ if their points do, or what `lateness` takes off.
    """
    final, fresh, changes, notes, errors = dict(recorded), set(), [], [], []
    for outcome in new:
        student, old = outcome.student, recorded.get(outcome.student)
        if outcome.status == "error":
            errors.append(student)
        if old is None or old.marked is None:
            final[student] = outcome
            fresh.add(student)
        elif outcome.marked is None:
            notes.append(
                f"{student}: the recorded {number(old.marked.score)} points stay; this time: {outcome.message}"
            )
        elif outcome == old:
            continue
        elif _points(outcome, lateness) == _points(old, lateness) or force:
            final[student] = outcome
            fresh.add(student)
        if old and old.marked and outcome.marked and _points(outcome, lateness) != _points(old, lateness):
            before, now = (lateness(each).of(each.marked.score) for each in (old, outcome))
            changes.append((student, before, now))
            notes.append(_change(student, before, now, force=force))
    return Settled(final, frozenset(fresh), tuple(changes), tuple(notes), tuple(errors))


def _points(outcome: Outcome, lateness: Callable[[Outcome], Lateness]) -> tuple[float, ...]:
    earned = tuple(round(exercise.earned, 6) for exercise in outcome.marked.exercises) if outcome.marked else ()
    return (*earned, lateness(outcome).percent)


def _change(student: str, old: float, new: float, *, force: bool) -> str:
    if force:
        return f"{student}: {number(old)} points replaced by {number(new)}"
    return f"{student}: the recorded {number(old)} points stay; this run gives {number(new)}: --force replaces them"
