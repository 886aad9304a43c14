"""The end of every lab, which no author writes: how far it is, and how to hand it in.

A course whose package has no `student/` gets none.
"""

from __future__ import annotations

from collections.abc import Iterable

from autograder.course import Course
from autograder.lab import Exercise

TEXT = """## Hand in
The first cell lists what this lab asked for and what its checks have said since the kernel started. Passing them all is
not full marks: the grader runs hidden tests, which try more.

Then put your student id between the quotes, save the notebook and run the last cell. It looks whether the grader can
read your notebook, says what is still blank, and writes the one file to upload. `effdl submit {lab} --id YOUR_ID` in a
terminal does the same, as often as you like."""
SUMMARY = """from effdl.student import summary

summary("{lab}", {{
{rows}
}})"""
HAND_IN = """from effdl.student import hand_in

student_id = ""
hand_in("{lab}", student_id)"""


def has_student(course: Course) -> bool:
    """Whether the course's package has what students call in a notebook."""
    return (course.package / "student").is_dir()


def closing(course: Course, lab: str, exercises: Iterable[Exercise]) -> list[tuple[str, str]]:
    """Kind and text of the cells that follow the last one of a lab's source."""
    if not has_student(course):
        return []
    rows = "\n".join(f'    "{each.id} {", ".join(each.names)}": {each.points:g},' for each in exercises)
    return [
        ("markdown", TEXT.format(lab=lab)),
        ("code", SUMMARY.format(lab=lab, rows=rows)),
        ("code", HAND_IN.format(lab=lab)),
    ]
