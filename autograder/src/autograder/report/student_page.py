"""A student's notebook as the teaching staff see it: each answer with its verdict, case by case."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from autograder.grade.model import CaseResult, ExerciseResult
from autograder.grade.words import CASE_WORDS, number, points
from autograder.report.answers import about, source
from autograder.report.gather import Graded, read_notebook
from autograder.report.html import document, link, table, text

# what is shown of one cell; the notebook itself holds the rest
LONGEST = 12_000
MOST_CELLS = 200
COLUMNS = ("Case", "#Points", "How it ended", "What the comparison saw", "Hint in the feedback")


def student_page(graded: Graded, student: str) -> str:
    """The page; it stands in `private/report/<folder>/`, three folders below the class report."""
    outcome, folder = graded.outcomes[student], graded.folders[student]
    up = ("..", "..", "..")
    links = [link("Class report", *up, "report.html", anchor=graded.name)]
    links.append(link("Feedback page", *up, "feedback", folder, graded.name, f"{graded.name}.html"))
    score = graded.score(student) or 0.0
    body = [
        f"<h1><bdi>{text(student)}</bdi>: {text(graded.title)}</h1>",
        f"<p>{' · '.join(links)}</p>",
        f'<p class="total">{points(score, graded.max_score)} points</p>',
        f"<p>From <bdi>{text(outcome.file)}</bdi>. {text(graded.message(student))}</p>",
        '<p class="note">For the teaching staff: this page names hidden cases.</p>',
        *_cells(graded, student),
    ]
    return document(f"{student}: {graded.title}", "\n".join(body))


def _cells(graded: Graded, student: str) -> Iterator[str]:
    results = {result.exercise: result for result in graded.marked().get(student, ())}
    given = {source(cell) for cell in graded.release.get("cells", [])}
    shown = 0
    for cell in read_notebook(graded.notebooks[student]).get("cells", []):
        role, exercise = about(cell).get("role"), about(cell).get("id")
        if role == "exercise" and exercise in results:
            yield _answer(graded, student, cell, results.pop(exercise))
        elif role in ("student", "manual", "predict") and source(cell) not in given:
            shown += 1
            if shown <= MOST_CELLS:
                yield _own(cell, str(role))
    if shown > MOST_CELLS:
        yield f"<p>{shown - MOST_CELLS} more cells stand in the notebook.</p>"
    yield from (_answer(graded, student, {}, result) for result in results.values())


def _answer(graded: Graded, student: str, cell: Mapping[str, Any], result: ExerciseResult) -> str:
    name = f"ex-{result.exercise}"
    earned = graded.points(student, result)
    by_hand = f" (set by hand; the hidden tests gave {number(result.earned)})" if earned != result.earned else ""
    rows = [_case(case) for case in result.cases]
    return f"""<section aria-labelledby="{text(name)}">
<h2 id="{text(name)}">{text(result.exercise)} {text(result.title)}: {points(earned, result.points)}{by_hand}</h2>
{f"<p>{text(result.note)}</p>" if result.note else ""}
{_code(source(cell), f"Answer to {result.exercise}")}
{table(f"Hidden cases of {result.exercise}", COLUMNS, rows)}
</section>"""


def _case(case: CaseResult) -> list[str]:
    kind = case.status if case.status in ("pass", "partial") else "lost"
    ended = f'<span class="{kind}">{text(CASE_WORDS.get(case.status, case.status))}</span>'
    return [text(case.case), points(case.earned, case.points), ended, text(case.detail[:500]), text(case.hint)]


def _own(cell: Mapping[str, Any], role: str) -> str:
    kind = {"predict": "Prediction", "manual": "Free text"}.get(role, "A cell of the student's own")
    return f'<p class="note">{kind}</p>\n{_code(source(cell), kind)}'


def _code(code: str, label: str) -> str:
    """A cell's text in a box that a keyboard can scroll."""
    rest = len(code) - LONGEST
    more = f"<p>{rest} more characters stand in the notebook.</p>" if rest > 0 else ""
    return f'<pre tabindex="0" role="group" aria-label="{text(label)}"><code>{text(code[:LONGEST])}</code></pre>{more}'
