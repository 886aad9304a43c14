"""What became of each submission, and which of a student's attempts counts."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from autograder.grade.collect import Submission
from autograder.grade.model import Marked
from autograder.grade.outcome import Outcome, one_line
from autograder.grade.policy import Lateness
from autograder.grade.words import number


def outcome_of(submission: Submission, key: str, marked: Marked) -> Outcome:
    """The outcome of a submission that was marked."""
    message = one_line(submission.note, *(f"{event.kind}: {event.text}" for event in marked.events))
    about = (submission.student, submission.file, "graded", message, submission.sha256)
    return Outcome(*about, key, marked, submission.delivery)


def failed(submission: Submission, fault: str) -> Outcome:
    """The outcome of a submission on which the grader failed."""
    message = one_line(f"{submission.file}: the grader failed, it is not graded yet: {fault}")
    return Outcome(
        submission.student, submission.file, "error", message, submission.sha256, "", None, submission.delivery
    )


def choose(outcomes: Iterable[Outcome], lateness: Callable[[Outcome], Lateness]) -> list[Outcome]:
    """One outcome for each student: of several attempts the best after what being late costs, of equals the first.

    An attempt on which the grader failed leaves the student ungraded: it might have been the best.
    """
    attempts: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        attempts.setdefault(outcome.student, []).append(outcome)
    return [_best(attempts[student], lateness) for student in sorted(attempts)]


def _best(attempts: list[Outcome], lateness: Callable[[Outcome], Lateness]) -> Outcome:
    if len(attempts) == 1:
        return attempts[0]
    failed = next((each for each in attempts if each.marked is None), None)
    if failed is not None:
        return failed
    worth = {each.file: lateness(each).of(each.score or 0.0) for each in attempts}
    best = max(attempts, key=lambda each: worth[each.file])
    listed = ", ".join(f"{file} {number(points)}" for file, points in worth.items())
    note = f"best of {len(attempts)} attempts counts: {best.file} ({listed})"
    return replace(best, message=one_line(note, best.message))
