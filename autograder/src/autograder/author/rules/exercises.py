"""Rules on the form of an exercise: its heading, statement, hints and check, and the lab's points."""

from __future__ import annotations

import re
from collections.abc import Iterator

from autograder.author.index import read_card
from autograder.author.marks import HEADING
from autograder.author.rules.draft import Draft, Problem

DETAILS = re.compile(r"<details>(.*?)</details>", re.DOTALL)
LAB_POINTS = 100
FORM = "### Exercise 3.2 - Title    10 min - 15 points - difficulty 3/5"


def heading_agrees(draft: Draft) -> Iterator[Problem]:
    """The heading of an exercise says what its marks say."""
    for exercise in draft.source.exercises:
        statement = draft.statement(exercise)
        found = HEADING.match(statement.heading) if statement else None
        if found is None:
            yield draft.problem(f"exercise {exercise.id}", "has no heading of the agreed form", f"write {FORM!r}")
            continue
        said = (int(found["minutes"]), float(found["points"]), int(found["difficulty"]))
        if said != (exercise.minutes, exercise.points, exercise.difficulty):
            marks = f"{exercise.minutes} min, {exercise.points:g} points, difficulty {exercise.difficulty}/5"
            yield draft.problem(statement.cell, "the heading contradicts the marks", f"the marks say {marks}")


def statement_comes_first(draft: Draft) -> Iterator[Problem]:
    """An exercise is: heading and statement, answer, check, in this order."""
    for exercise in draft.source.exercises:
        statement = draft.statement(exercise)
        parts = [cell.number for role in ("exercise", "check") for cell in draft.cells(role) if cell.id == exercise.id]
        order = [statement.cell.number if statement else 0, *parts]
        if order != sorted(order):
            where = f"exercise {exercise.id}"
            yield draft.problem(where, "its parts are out of order", "write heading, answer, check")


def worked_by_hand(draft: Draft) -> Iterator[Problem]:
    """A statement holds an example that can be done by hand."""
    for statement in filter(None, map(draft.statement, draft.source.exercises)):
        if "by hand" not in statement.text.lower():
            yield draft.problem(statement.heading, "gives no example to do by hand", "add a line 'By hand first: ...'")


def hints_are_folded(draft: Draft) -> Iterator[Problem]:
    """Two or three folded hints, never the code."""
    for statement in filter(None, map(draft.statement, draft.source.exercises)):
        hints = DETAILS.findall(statement.text)
        if not 2 <= len(hints) <= 3:
            wrong = f"has {len(hints)} folded hints"
            yield draft.problem(statement.heading, wrong, "write two or three <details>...</details>")
        for hint in hints:
            if "<summary>" not in hint:
                yield draft.problem(statement.heading, "a hint has no <summary>", "name what it gives away in one")
            if re.search(r"^\s*(?:def|return|class) ", hint, re.MULTILINE):
                yield draft.problem(statement.heading, "a hint gives the code", "name the function to look up instead")


def forbidden_is_said(draft: Draft) -> Iterator[Problem]:
    """What an answer may not call stands in the statement."""
    for exercise in draft.source.exercises:
        statement = draft.statement(exercise)
        for name in exercise.forbid if statement else ():
            if name.rpartition(".")[2] not in statement.text:
                yield draft.problem(statement.heading, f"forbids {name} and does not say so", "say it in the statement")


def every_exercise_is_checked(draft: Draft) -> Iterator[Problem]:
    """Each exercise has one visible check, which calls `check` with its id and its names."""
    known = {exercise.id: exercise for exercise in draft.source.exercises}
    checks = {cell.id: cell for cell in draft.cells("check")}
    for name in sorted(known.keys() - checks.keys()):
        yield draft.problem(f"exercise {name}", "has no check", f'add a cell # %% check="{name}"')
    for name, cell in checks.items():
        call = f'check("{name}", {", ".join(known[name].names)})'
        if cell.source.strip() != call:
            yield draft.problem(cell, "is not the agreed call", f"write {call}")


def ids_belong_to_the_lab(draft: Draft) -> Iterator[Problem]:
    """The ids of lab03 begin with 3 and count up from 3.1."""
    number = int(draft.source.name[3:])
    for place, exercise in enumerate(draft.source.exercises, start=1):
        if exercise.id != f"{number}.{place}":
            yield draft.problem(f"exercise {exercise.id}", "is out of sequence", f"call it {number}.{place}")


def points_sum_to_100(draft: Draft) -> Iterator[Problem]:
    """All points of a lab, 100, are automatic; free text comes on top."""
    total = sum(exercise.points for exercise in draft.source.exercises)
    if total != LAB_POINTS:
        yield draft.problem("", f"the exercises sum to {total:g} points", f"make them {LAB_POINTS}")


def card_agrees(draft: Draft) -> Iterator[Problem]:
    """The card tells the points and enough minutes for the exercises, and three to five objectives."""
    card = read_card(draft.source)
    points = sum(exercise.points for exercise in draft.source.exercises)
    minutes = sum(exercise.minutes for exercise in draft.source.exercises)
    if card.points != points:
        yield draft.problem("card", f"says {card.points} points, the exercises have {points:g}", "correct the card")
    if card.minutes < minutes:
        yield draft.problem("card", f"says {card.minutes} minutes, the exercises take {minutes}", "correct the card")
    if not 3 <= len(card.objectives) <= 5:
        yield draft.problem("card", f"lists {len(card.objectives)} objectives", "list three to five, one bullet each")
