"""The page that a student gets back: one self-contained HTML file, without scripts, outputs or anything hidden."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

from autograder.grade import style
from autograder.grade.manual import Manual
from autograder.grade.model import CaseResult, ExerciseResult
from autograder.grade.outcome import Outcome, check_id
from autograder.grade.policy import ON_TIME, Lateness
from autograder.grade.tables import final
from autograder.grade.words import CASE_WORDS, VISIBLE_IS_NOT_ALL, number, points

MARKS = {"pass": "\u2713", "partial": "\u25d0"}
LOST = "\u2717"
STYLE = f"""{style.STYLE}
body {{ font-size: 16px; }}
main {{ max-width: 46rem; }}
h2 {{ font-size: 1.1rem; margin: 2.2rem 0 .4rem; display: flex; gap: 1rem; justify-content: space-between; }}
h2 .points {{ font-weight: 600; white-space: nowrap; }}
.who, .note {{ color: var(--soft); margin: .2rem 0 1rem; }}
.total {{ font-size: 2.2rem; font-weight: 650; margin: 1rem 0 .2rem; }}
table {{ width: 100%; margin: 1.2rem 0; }}
th, td {{ padding: .45rem .6rem .45rem 0; }}
.number {{ padding-right: 0 !important; }}
.bar {{ width: 7rem; }}
ul {{ list-style: none; margin: .4rem 0; padding: 0; }}
li {{ display: flex; gap: .7rem; padding: .45rem .7rem; background: var(--card); border-radius: .3rem;
  margin-bottom: .3rem; }}
li .what {{ flex: 1; }} li .points {{ color: var(--soft); white-space: nowrap; font-variant-numeric: tabular-nums; }}
"""


@dataclass(frozen=True)
class Page:
    """What a page is made of."""

    title: str
    outcome: Outcome
    manual: Manual
    lateness: Lateness = ON_TIME


def page(about: Page) -> str:
    """The feedback page of one submission."""
    title = escape(about.title)
    body = _graded(about) if about.outcome.marked else _not_graded(about)
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{title} - {escape(about.outcome.student)}</title>
<style>{STYLE}</style>
</head>
<body>
<main>
<h1>{title}</h1>
<p class="who">Feedback for {escape(about.outcome.student)}</p>
{body}
</main>
</body>
</html>
"""


def _not_graded(about: Page) -> str:
    if about.outcome.status == "invalid":
        return f"<p class='total'>Not graded</p>\n<p>{escape(about.outcome.message)}</p>"
    return (
        "<p class='total'>Not graded yet</p>\n<p>The grader failed, not your notebook. Nothing is needed from you.</p>"
    )


def _graded(about: Page) -> str:
    marked = about.outcome.marked
    total = sum(final(exercise, about.manual) for exercise in marked.exercises)
    rows = "\n".join(_row(exercise, about.manual) for exercise in marked.exercises)
    parts = "\n".join(_exercise(exercise, about.manual) for exercise in marked.exercises)
    return f"""<p class="total">{points(about.lateness.of(total), marked.max_score)} points</p>
{_late(about.lateness, total)}
{_by_hand(about.manual)}
{_on_free_text(about)}
<p class="note">{VISIBLE_IS_NOT_ALL}</p>
<table>
<caption>Points by exercise</caption>
<thead><tr><th scope="col">Exercise</th><th scope="col">Title</th><th scope="col" aria-hidden="true"></th>
<th scope="col" class="number">Points</th></tr></thead>
<tbody>
{rows}
</tbody>
</table>
{parts}"""


def _late(lateness: Lateness, total: float) -> str:
    before = f" of {number(total)} points" if lateness.percent else ""
    said = lateness.text[:1].upper() + lateness.text[1:]
    return f"<p>{escape(said)}{before}.</p>" if said else ""


def _by_hand(manual: Manual) -> str:
    if not manual.max_score:
        return ""
    if manual.needs_manual:
        return f"<p>Free text ({number(manual.max_score)} points on top) is still to be graded by a person.</p>"
    return f"<p>Free text, graded by a person: {points(manual.score, manual.max_score)} points on top.</p>"


def _on_free_text(about: Page) -> str:
    """What a person wrote below free text; comments on an exercise stand with it."""
    own = {check_id(exercise.exercise).removesuffix("-check") for exercise in about.outcome.marked.exercises}
    comments = [text for grade_id, text in sorted(about.manual.comments.items()) if grade_id not in own]
    return "".join(f"<p>Comment: {escape(text)}</p>" for text in comments)


def _row(exercise: ExerciseResult, manual: Manual) -> str:
    earned = final(exercise, manual)
    share = 100 * min(max(earned / exercise.points, 0.0), 1.0) if exercise.points else 0.0
    anchor = f"ex-{escape(exercise.exercise)}"
    return f"""<tr><th scope="row"><a href="#{anchor}">{escape(exercise.exercise)}</a></th>
<td>{escape(exercise.title)}</td>
<td aria-hidden="true"><div class="bar"><span style="width:{share:.0f}%"></span></div></td>
<td class="number">{points(earned, exercise.points)}</td></tr>"""


def _exercise(exercise: ExerciseResult, manual: Manual) -> str:
    earned = final(exercise, manual)
    anchor = f"ex-{escape(exercise.exercise)}"
    head = f"{escape(exercise.exercise)} {escape(exercise.title)}"
    return f"""<section aria-labelledby="{anchor}">
<h2 id="{anchor}"><span>{head}</span><span class="points">{points(earned, exercise.points)}</span></h2>
{"".join(f"<p>{escape(text)}</p>" for text in _remarks(exercise, manual))}
<ul>
{"".join(map(_case, exercise.cases))}</ul>
</section>"""


def _remarks(exercise: ExerciseResult, manual: Manual) -> Iterator[str]:
    if exercise.note:
        yield exercise.note
    check = check_id(exercise.exercise)
    if check in manual.overrides:
        yield f"These points were set by a person; the hidden tests gave {number(exercise.earned)}."
    comment = manual.comments.get(check.removesuffix("-check"))
    if comment:
        yield f"Comment: {comment}"


def _case(case: CaseResult) -> str:
    kind = case.status if case.status in MARKS else "lost"
    ended = CASE_WORDS.get(case.status, case.status)
    hint = f": {case.hint}" if case.status != "pass" and case.hint else ""
    return f"""<li><span class="{kind}" aria-hidden="true">{MARKS.get(case.status, LOST)}</span>
<span class="what"><span class="{kind}">{escape(ended)}</span>{escape(hint)}</span>
<span class="points">{points(case.earned, case.points)}</span></li>
"""
