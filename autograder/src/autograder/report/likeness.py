"""Which submissions of a lab are alike, as tables."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from autograder.report.answers import find_answers, stubs
from autograder.report.fingerprint import fingerprint
from autograder.report.gather import Graded, read_notebook
from autograder.report.html import heading, table, text
from autograder.report.places import answers_link
from autograder.report.similar import Pair, compare_class

# no student's id: ids hold no control characters
SOLUTION = "\0solution"
MOST = 50


def likeness(graded: Graded) -> Iterator[str]:
    """Sets of equal submissions and pairs of similar ones."""
    blanks = stubs(graded.release)
    given = fingerprint(find_answers(graded.release, graded.exercises, {}))
    read = ((who, read_notebook(path)) for who, path in graded.notebooks.items())
    notebooks = chain(read, [(SOLUTION, graded.solution)])
    prints = ((who, fingerprint(find_answers(each, graded.exercises, blanks))) for who, each in notebooks)
    found = compare_class(prints, given)
    yield heading(graded.name, "Similar answers")
    yield (
        "<p>Compared are the answers and the functions that belong to them, with comments, docstrings and layout left "
        "out and all names of the student's own made one; what the lab itself gives counts for nobody. Short answers "
        "are alike by chance: look at both before you ask anybody. Of a pair it is told how much of the shorter one "
        "stands in the other, and how many passages both have that hardly anybody else has.</p>"
    )
    if found.equal:
        rows = [[text(len(each)), ", ".join(_who(graded, who) for who in each)] for each in found.equal]
        yield table("Submissions that are equal after renaming", ["Submissions", "Who"], rows)
    if found.pairs:
        rows = [_row(graded, pair) for pair in found.pairs[:MOST]]
        columns = ["One", "Other", "#Of the shorter", "#Rare passages", "Exercises that are alike"]
        yield table("Pairs of similar submissions, the most telling first", columns, rows)
    if len(found.pairs) > MOST:
        yield f"<p>{len(found.pairs) - MOST} more pairs share less.</p>"
    if not found.equal and not found.pairs:
        yield "<p>No two submissions are alike.</p>"


def _row(graded: Graded, pair: Pair) -> list[str]:
    alike = []
    for exercise, share in sorted(pair.alike.items()):
        how = "same text" if exercise in pair.verbatim else f"{share:.0%}"
        alike.append(f"{text(exercise)} {how}{_both(graded, pair, exercise)}")
    shared = [f"{pair.whole:.0%}", str(pair.evidence)]
    return [_who(graded, pair.one), _who(graded, pair.other), *shared, ", ".join(alike)]


def _both(graded: Graded, pair: Pair, exercise: str) -> str:
    if exercise not in graded.exercises:
        return ""
    links = [answers_link(graded, who, exercise, word) for who, word in ((pair.one, "one"), (pair.other, "other"))]
    return f" ({', '.join(filter(None, links))})"


def _who(graded: Graded, student: str) -> str:
    if student == SOLUTION:
        return "the course's solution"
    return f"<bdi>{answers_link(graded, student, words=student)}</bdi>"
