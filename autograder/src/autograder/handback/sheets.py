"""Grades as the tables that Canvas and Moodle import.

Canvas: Gradebook > Import. Its importer wants `Student`, `ID`, `SIS User ID`, `SIS Login ID`, `Section`, then a column
for each assignment, and `Points Possible` in the second row. A student is found by `ID`, then by `SIS User ID` and
`SIS Login ID`. A column `Title (1234)` is the assignment of that id; any other title makes a new assignment.

Moodle: the grading worksheet of one assignment (View all submissions > Upload grading worksheet). Its importer wants
`Identifier`, `Grade` and `Last modified (grade)`; feedback comments are HTML.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from autograder.grade.tables import csv_text
from autograder.grade.words import number, points
from autograder.handback.grades import Grade, GradedLab
from autograder.intake.roster import Person

CANVAS = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
POINTS_POSSIBLE = "    Points Possible"
MOODLE = (
    *("Identifier", "Full name", "Email address", "Status", "Grade", "Maximum Grade", "Grade can be changed"),
    *("Last modified (submission)", "Last modified (grade)", "Feedback comments"),
)


def canvas(labs: list[GradedLab], columns: Mapping[str, str]) -> tuple[str, list[str]]:
    """The import file, and what people should know of it; `columns` are titles by lab that replace ours.

    Who has no grade in any lab is left out: an empty cell would take away a grade that Canvas has.
    """
    header = [*CANVAS, *(columns.get(lab.lab, f"{lab.lab}: {lab.title}") for lab in labs)]
    tops = [max((grade.max_score for grade in lab.grades), default=lab.max_score) for lab in labs]
    people: dict[str, Person] = {}
    scores: dict[tuple[str, str], str] = {}
    for grade in (grade for lab in labs for grade in lab.grades if grade.score is not None):
        people[grade.outcome.student] = grade.person
        scores[grade.outcome.student, grade.lab] = number(grade.score)
    rows = [[POINTS_POSSIBLE, "", "", "", "", *map(number, tops)]]
    for student in sorted(people):
        rows.append([*_canvas_id(people[student]), *(scores.get((student, lab.lab), "") for lab in labs)])
    new = [lab.lab for lab in labs if lab.lab not in columns]
    note = "Canvas makes a new assignment of a column without an assignment's id: give --column LAB='TITLE (ID)'"
    return csv_text(header, rows), [note] if new else []


def _canvas_id(person: Person) -> list[str]:
    """The five columns that tell who it is; an id that no system gave is the institution's own."""
    ours = "" if person.student == f"{person.name}_{person.lms_id}" else person.student
    return [person.name or person.student, person.lms_id, ours, person.login, person.section]


def moodle(lab: GradedLab) -> tuple[str, list[str]]:
    """The grading worksheet of one assignment, and whom it cannot name."""
    rows, unknown = [], []
    for grade in lab.grades:
        if grade.score is None:
            continue
        if not _participant(grade).isdecimal():
            unknown.append(grade.outcome.student)
            continue
        rows.append(_moodle_row(grade))
    notes = ["tick 'Allow updating records that have been modified more recently in Moodle' when you upload it again"]
    if unknown:
        who = ", ".join(unknown)
        notes.append(f"left out, their participant number is unknown: {who}; grade with --roster WORKSHEET.csv")
    return csv_text(MOODLE, rows), notes


def _participant(grade: Grade) -> str:
    """Moodle's number of a student, which differs by assignment: the submission's own goes before the roster's."""
    return grade.outcome.delivery.lms_id or grade.person.lms_id


def _moodle_row(grade: Grade) -> list[str]:
    person = grade.person
    who = [f"Participant {_participant(grade)}", person.name or person.student, person.email, "Submitted for grading"]
    return [*who, f"{grade.score:.2f}", f"{grade.max_score:.2f}", "Yes", "", "", _comment(grade)]


def _comment(grade: Grade) -> str:
    """Points by exercise and what was taken off, as the HTML that Moodle stores."""
    lines = [f"{each.exercise} {each.title}: {points(earned, each.points)}" for each, earned in grade.exercises]
    lines += [grade.message] if grade.message else []
    return "<br>".join(map(escape, lines))
