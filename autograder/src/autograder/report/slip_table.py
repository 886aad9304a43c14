"""The known slips of a lab, and who made them."""

from __future__ import annotations

from collections.abc import Iterator

from autograder.report.gather import Graded
from autograder.report.html import heading, table, text
from autograder.report.places import answers_link
from autograder.report.slips import match

SHOWN = 12
# what hung or died is told elsewhere
WRONG = ("partial", "mismatch", "error")
Hits = dict[tuple[str, tuple[str, ...]], tuple[list[str], list[str]]]


def slip_table(graded: Graded) -> Iterator[str]:
    """How often each known slip was made: with the same wrong results, or at least on the same cases."""
    yield heading(graded.name, "Known slips")
    if graded.slips is None:
        yield (
            "<p>Not looked for: the known wrong answers of this lab were not run with this assignment's seed. The demo "
            "leaves them out, as they take longer than its class; <code>autograder grade</code> runs them.</p>"
        )
        return
    hits, unknown = _find(graded)
    if not hits and not unknown:
        yield "<p>No answer that was written is wrong.</p>"
        return
    yield (
        "<p>A failing answer makes a slip if it loses the same hidden cases as that wrong answer. Where its wrong "
        "results agree too, it is the same mistake; where only the cases are the same, it may be another one.</p>"
    )
    ranked = sorted(hits.items(), key=lambda hit: (-len(hit[1][0]) - len(hit[1][1]), hit[0]))
    rows = [
        [text(" Or: ".join(says)), text(exercise), _who(graded, exercise, same), _who(graded, exercise, maybe)]
        for (exercise, says), (same, maybe) in ranked
    ]
    rows += [["None of the known ones", text(exercise), "", _who(graded, exercise, who)] for exercise, who in unknown]
    yield table("Slips by how often they were made", ["Slip", "Exercise", "Same results", "Same cases lost"], rows)


def _find(graded: Graded) -> tuple[Hits, list[tuple[str, list[str]]]]:
    hits: Hits = {}
    unknown: dict[str, list[str]] = {}
    for student, results in graded.marked().items():
        for result in results:
            found = match(result, (graded.slips or {}).get(result.exercise, ()))
            if found is not None:
                hits.setdefault((result.exercise, found.says), ([], []))[not found.exact].append(student)
            elif any(case.status in WRONG for case in result.cases):
                unknown.setdefault(result.exercise, []).append(student)
    return hits, sorted(unknown.items())


def _who(graded: Graded, exercise: str, students: list[str]) -> str:
    """How many, and who; of a long list the first."""
    if not students:
        return "0"
    named = ", ".join(f"<bdi>{answers_link(graded, who, exercise, who)}</bdi>" for who in students[:SHOWN])
    more = f" and {len(students) - SHOWN} more" if len(students) > SHOWN else ""
    return f"{len(students)}: {named}{more}"
