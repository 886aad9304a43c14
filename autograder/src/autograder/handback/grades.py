"""The recorded grades of a course, ready for any format: nothing is graded or changed here."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from autograder.grade.classlist import open_roster
from autograder.grade.files import OutputError
from autograder.grade.gradebook import Book
from autograder.grade.manual import Manual
from autograder.grade.model import ExerciseResult
from autograder.grade.outcome import Outcome
from autograder.grade.place import Place
from autograder.grade.policy import Lateness
from autograder.grade.tables import final, raw_total, row
from autograder.intake.policy_file import read_policy
from autograder.intake.roster import Person


@dataclass(frozen=True)
class Grade:
    """One student's grade of one lab. `score` has the free text that people graded on top, None where nothing counts.

    `max_score` is the most that this student could have.
    """

    lab: str
    person: Person
    outcome: Outcome
    manual: Manual
    lateness: Lateness
    score: float | None
    max_score: float
    message: str

    @property
    def exercises(self) -> list[tuple[ExerciseResult, float]]:
        """The exercises with the points that count: a person's where one set them."""
        marked = self.outcome.marked
        return [(each, final(each, self.manual)) for each in marked.exercises] if marked else []


@dataclass(frozen=True)
class GradedLab:
    """One lab, its grades in the order of students."""

    lab: str
    title: str
    max_score: float
    grades: tuple[Grade, ...]


def gather(out: Path, labs: list[str] | None = None) -> list[GradedLab]:
    """The grades of the labs that are named, or of all.

    Raises: OutputError if nothing of them is recorded in `out`
    """
    place = Place(out)
    known = place.labs()
    if not known:
        raise OutputError(f"{out}: holds no results; name the folder that 'autograder grade' wrote")
    for lab in labs or []:
        if lab not in known:
            raise OutputError(f"{out}: holds no results of {lab}; it has those of {', '.join(known)}")
    with Book(place.gradebook) as book:
        return [_lab(place, book, lab) for lab in labs or known]


def _lab(place: Place, book: Book, lab: str) -> GradedLab:
    results, by_folder = place.recorded(lab), book.manual(lab)
    about, outcomes = results.about, results.outcomes
    named, policy, roster = place.folders(list(outcomes)), read_policy(place.policy), open_roster(place, None)
    grades = []
    for student, outcome in sorted(outcomes.items()):
        manual = by_folder.get(named[student], Manual())
        lateness = policy.lateness(lab, outcome)
        person = (roster.get(student) if roster else None) or _person(outcome)
        score = lateness.of(raw_total(outcome, manual)) + manual.score if outcome.marked else None
        message = row(outcome, lab, about["max_score"], manual, lateness).message
        top = about["max_score"] + manual.max_score
        grades.append(Grade(lab, person, outcome, manual, lateness, score, top, message))
    return GradedLab(lab, about["title"], about["max_score"], tuple(grades))


def _person(outcome: Outcome) -> Person:
    """A student who is on no roster, by what the system that exported the submission said."""
    known = outcome.delivery
    return Person(outcome.student, known.name, known.email, known.lms_id)


def pending(labs: list[GradedLab]) -> list[str]:
    """What an export leaves out or cannot know yet, as lines for people."""
    grades = [grade for lab in labs for grade in lab.grades]
    waiting = [grade for grade in grades if grade.manual.needs_manual]
    without = [grade for grade in grades if grade.score is None]
    lines = [f"{grade.lab}: {grade.outcome.student} has no grade ({grade.outcome.status})" for grade in without]
    if waiting:
        lines.append(f"{len(waiting)} grades still lack free text that a person has to grade, and will change")
    return lines
