"""Where the pages of a report stand, and the links between them."""

from __future__ import annotations

from pathlib import Path

from autograder.grade.place import Place
from autograder.report.gather import Graded
from autograder.report.html import link

REPORT = "report.html"
# below private/: these pages name hidden cases
PAGES = ("private", "report")


def report_path(place: Place) -> Path:
    return place.root / REPORT


def page_path(place: Place, folder: str, lab: str) -> Path:
    """A student's notebook with its verdicts."""
    return place.root.joinpath(*PAGES, folder, f"{lab}.html")


def feedback_link(graded: Graded, student: str) -> str:
    """From the class report to the page that the student gets."""
    return link("feedback", "feedback", graded.folders[student], graded.name, f"{graded.name}.html")


def answers_link(graded: Graded, student: str, exercise: str = "", words: str = "answers") -> str:
    """From the class report to a student's notebook, or to one answer in it; nothing if it was not graded."""
    if student not in graded.notebooks:
        return ""
    anchor = f"ex-{exercise}" if exercise else ""
    return link(words, *PAGES, graded.folders[student], f"{graded.name}.html", anchor=anchor)
