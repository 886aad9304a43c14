"""The part of the class report that is about one lab."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from autograder.grade.words import number
from autograder.report import items
from autograder.report.gather import Graded
from autograder.report.html import bar, columns_chart, heading, table, text
from autograder.report.likeness import likeness
from autograder.report.slip_table import slip_table
from autograder.report.students import students
from autograder.report.trouble import trouble

PLACE = re.compile(r'<h3 id="([^"]*)">([^<]*)</h3>')
# how a case may end without all its points, in the columns of a table
ENDS = {
    "Other result": ("mismatch", "partial"),
    "Error": ("error", "forbidden"),
    "Hung or died": ("timeout", "died"),
    "Not run": ("not_run", "missing"),
}


def lab_section(graded: Graded) -> str:
    """Everything about one lab."""
    ended = Counter(outcome.status for outcome in graded.outcomes.values())
    counts = ", ".join(f"{ended[status]} {status}" for status in ("graded", "invalid", "error") if ended[status])
    parts = "\n".join(
        [
            *(_statistics(graded) if ended["graded"] else ()),
            *trouble(graded),
            *likeness(graded),
            *students(graded),
        ]
    )
    places = " · ".join(f'<a href="#{name}">{words}</a>' for name, words in PLACE.findall(parts))
    return f"""<section aria-labelledby="{text(graded.name)}">
<h2 id="{text(graded.name)}">{text(graded.title)}</h2>
<p>{len(graded.outcomes)} submissions: {counts}.</p>
<nav aria-label="{text(graded.title)}"><p>{places}</p></nav>
{parts}
</section>"""


def _statistics(graded: Graded) -> Iterator[str]:
    yield from _scores(graded)
    yield from _exercises(graded)
    yield from _cases(graded)
    yield from slip_table(graded)


def _scores(graded: Graded) -> Iterator[str]:
    scores = [score for student in graded.outcomes if (score := graded.score(student)) is not None]
    counts, edges = items.distribution(scores, graded.max_score)
    ticks = [number(edge) for edge in edges]
    spans = [f"{low} to {'below ' if high != ticks[-1] else ''}{high}" for low, high in pairwise(ticks)]
    label = "Bar chart of the scores; the table beside it holds the same counts"
    rows = [[text(span), str(count)] for span, count in zip(spans, counts, strict=True)]
    facts = [[text(name.capitalize()), number(value)] for name, value in items.summary(scores).items()]
    yield heading(graded.name, "Scores")
    yield f'<div class="beside"><div>{columns_chart(label, counts, ticks)}</div>'
    yield f"<div>{table('Submissions by score', ['Points', '#Submissions'], rows)}</div>"
    yield f"<div>{table('The scores in numbers', ['Measure', '#Points'], facts)}</div></div>"


def _exercises(graded: Graded) -> Iterator[str]:
    found = items.items(graded)
    columns = ["Exercise", "Title", "#Mean share", "", "#All points", "#No points", "#Not written", "#Discrimination"]
    rows = [
        [
            text(item.exercise),
            text(item.title),
            f"{item.mean:.0%}",
            bar(item.mean),
            str(item.full),
            str(item.none),
            str(item.missing),
            _discrimination(item, len(graded.marked())),
        ]
        for item in found
    ]
    yield heading(graded.name, "Exercises")
    yield (
        "<p>The mean share of the points is an exercise's difficulty: the higher, the easier. Discrimination is the "
        "correlation of an exercise's points with the points of all others; below "
        f"{items.WEAK} the exercise, or its tests, deserve a look"
        f"{'' if len(graded.marked()) >= items.ENOUGH else ', though so few submissions say little'}.</p>"
    )
    yield table("Difficulty and discrimination by exercise", columns, rows)


def _discrimination(item: items.Item, graded: int) -> str:
    if item.discrimination is None:
        return "not defined"
    weak = " (weak)" if item.discrimination < items.WEAK and graded >= items.ENOUGH else ""
    return f"{item.discrimination:.2f}{weak}"


def _cases(graded: Graded) -> Iterator[str]:
    columns = ["Case", "Exercise", "#Lost by", "", *(f"#{name}" for name in ENDS), "Hint in the feedback"]
    rows = [
        [
            text(case.case),
            text(case.exercise),
            f"{case.lost} of {case.graded}",
            bar(case.lost / case.graded),
            *(str(sum(case.ends[end] for end in ends)) for ends in ENDS.values()),
            text(case.hint),
        ]
        for case in items.case_items(graded)
    ]
    yield heading(graded.name, "Hidden cases")
    yield table("How many submissions lost points on each hidden case, and how", columns, rows)
