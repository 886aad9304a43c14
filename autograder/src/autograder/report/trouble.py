"""What did not end by itself, and what was tampered with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from autograder.grade.words import CASE_WORDS
from autograder.report.gather import Graded
from autograder.report.html import heading, table, text
from autograder.report.places import answers_link

ENDS = ("timeout", "died")
LIMITS = (*ENDS, "out of time")
WITHHELD = "Withheld"
Rows = list[list[str]]


def trouble(graded: Graded) -> Iterator[str]:
    """Two tables: time-outs and crashes; what the grader restored, refused or ignored."""
    limits, tampered = _limits(graded), _tampered(graded)
    yield heading(graded.name, "Time-outs and crashes")
    if limits:
        yield table("Answers and cells that hung or ended the kernel", ["Student", "Exercise", "What happened"], limits)
    else:
        yield "<p>None.</p>"
    yield heading(graded.name, "Tampering and restored cells")
    if tampered:
        yield "<p>Most of these are accidents; none of them changed what another student got.</p>"
        yield table("What was restored, refused or ignored", ["Student", "Kind", "What"], tampered)
    else:
        yield "<p>None.</p>"


def _limits(graded: Graded) -> Rows:
    rows = []
    for student, results in sorted(graded.marked().items()):
        for result in results:
            ends = Counter(case.status for case in result.cases if case.status in ENDS)
            said = ", ".join(f"{CASE_WORDS[end]} in {_cases(count)}" for end, count in ends.items())
            if ends:
                rows.append([_link(graded, student, result.exercise), text(result.exercise), text(said)])
        told = [what for kind, what in _events(graded, student) if kind in LIMITS and not what.startswith("exercise ")]
        rows += [[_link(graded, student), "", text(what)] for what in told]
    return rows


def _tampered(graded: Graded) -> Rows:
    rows = []
    for student, results in sorted(graded.marked().items()):
        told = [event for event in _events(graded, student) if event[0] not in LIMITS]
        rows += [[_link(graded, student), text(kind), text(what)] for kind, what in told]
        for result in results:
            for kind, count in _refused(result.cases).items():
                what = f"exercise {result.exercise}, in {_cases(count)}"
                rows.append([_link(graded, student, result.exercise), text(kind), text(what)])
    return rows


def _refused(cases) -> Counter[str]:
    """How many cases called the withheld solution, or what the exercise forbids."""
    kinds: Counter[str] = Counter()
    kinds["forbidden call"] = sum(case.status == "forbidden" for case in cases)
    kinds["called the course's solution"] = sum(
        case.status == "error" and case.detail.startswith(WITHHELD) for case in cases
    )
    return +kinds


def _events(graded: Graded, student: str) -> list[tuple[str, str]]:
    marked = graded.outcomes[student].marked
    return [(event.kind, event.text) for event in marked.events] if marked else []


def _cases(count: int) -> str:
    return "1 case" if count == 1 else f"{count} cases"


def _link(graded: Graded, student: str, exercise: str = "") -> str:
    return f"<bdi>{answers_link(graded, student, exercise, student) or text(student)}</bdi>"
