"""Write the class report of an output folder: `report.html`, and each student's notebook with its verdicts."""

from __future__ import annotations

from pathlib import Path

from autograder.grade.files import write_text
from autograder.grade.place import Place
from autograder.grade.words import number
from autograder.report.gather import Graded, gather
from autograder.report.html import document, link, table, text
from autograder.report.lab_section import lab_section
from autograder.report.places import answers_link, page_path, report_path
from autograder.report.student_page import student_page


def report(root: Path) -> Path:
    """Write the report of everything that is recorded in `root`, from that alone; returns the path of its page.

    Raises: ValueError if `root` holds no results
    """
    place = Place(Path(root).absolute())
    labs = gather(place)
    for graded in labs:
        for student in graded.notebooks:
            _write(page_path(place, graded.folders[student], graded.name), student_page(graded, student))
    _write(report_path(place), class_page(labs))
    return report_path(place)


def class_page(labs: list[Graded]) -> str:
    """The class report."""
    students = len({student for graded in labs for student in graded.outcomes})
    listed = "".join(f'<li><a href="#{text(graded.name)}">{text(graded.title)}</a></li>' for graded in labs)
    body = [
        "<h1>Class report</h1>",
        f"<p>{len(labs)} {'lab' if len(labs) == 1 else 'labs'}, {students} students.</p>",
        '<p class="note">For the teaching staff: this page names hidden cases. Only what stands in feedback/ is for '
        f"students. All scores as a table: {link('grades.csv', 'grades.csv')}.</p>",
        f'<nav aria-label="Labs"><ul>{listed}</ul></nav>' if len(labs) > 1 else "",
        *([_all_labs(labs)] if len(labs) > 1 else []),
        *map(lab_section, labs),
    ]
    return document("Class report", "\n".join(body))


def _all_labs(labs: list[Graded]) -> str:
    """Everybody's scores in every lab."""
    students = sorted({student for graded in labs for student in graded.outcomes})
    rows = [[f"<bdi>{text(who)}</bdi>", *(_score(graded, who) for graded in labs)] for who in students]
    return table("Scores of all labs", ["Student", *(f"#{graded.name}" for graded in labs)], rows)


def _score(graded: Graded, student: str) -> str:
    """A score, linked to the notebook; how it ended where there is none."""
    if student not in graded.outcomes:
        return ""
    score = graded.score(student)
    words = graded.outcomes[student].status if score is None else number(score)
    return answers_link(graded, student, words=words) or text(words)


def _write(path: Path, page: str) -> None:
    if not path.exists() or path.read_text(encoding="utf-8") != page:
        write_text(path, page)
