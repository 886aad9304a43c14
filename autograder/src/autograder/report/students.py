"""Who handed in, with what came of it, and who did not."""

from __future__ import annotations

from collections.abc import Iterator

from autograder.grade.words import number
from autograder.report.gather import Graded
from autograder.report.html import heading, table, text
from autograder.report.places import answers_link, feedback_link


def students(graded: Graded) -> Iterator[str]:
    """The submissions, whose is missing, and which files were passed over."""
    named = any(outcome.delivery.name for outcome in graded.outcomes.values())
    columns = ["Student", *(["Name"] if named else []), f"#Points of {number(graded.max_score)}"]
    columns += ["Status", "Feedback", "Notebook", "Message"]
    yield heading(graded.name, "Students")
    rows = [_row(graded, student, named) for student in sorted(graded.outcomes)]
    yield table("All submissions, with what the student gets and what the grader saw", columns, rows)
    if graded.missing:
        people = [[f"<bdi>{text(each.student)}</bdi>", text(each.name), text(each.email)] for each in graded.missing]
        yield heading(graded.name, "Missing")
        yield table("On the roster, and nothing was handed in", ["Student", "Name", "Email"], people)
    if graded.skipped:
        files = [[f"<bdi>{text(file)}</bdi>", text(reason)] for file, reason in graded.skipped]
        yield heading(graded.name, "Files passed over")
        yield table("Files that are nobody's submission", ["File", "Why"], files)


def _row(graded: Graded, student: str, named: bool) -> list[str]:
    outcome, score = graded.outcomes[student], graded.score(student)
    return [
        f"<bdi>{text(student)}</bdi>",
        *([text(outcome.delivery.name)] if named else []),
        "" if score is None else number(score),
        text(outcome.status),
        feedback_link(graded, student),
        answers_link(graded, student),
        text(graded.message(student)),
    ]
