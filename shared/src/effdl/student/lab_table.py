"""The table at the end of a lab: each exercise, its points and what its visible check said in this kernel."""

from __future__ import annotations

import html
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from effdl.student import answers, session

__all__ = ["Table", "show", "show_table", "summarize"]

NOT_FULL_MARKS = "Passing the visible checks is not full marks: the hidden tests of the grader try more."


class Table:
    """Rows under a head, with a sentence below; a table where the front end draws HTML, text elsewhere."""

    def __init__(self, head: tuple[str, ...], rows: list[tuple[str, ...]], below: str) -> None:
        self.head, self.rows, self.below = head, rows, below

    def __repr__(self) -> str:
        widths = [max(map(len, column)) for column in zip(self.head, *self.rows, strict=True)]
        lines = ["  ".join(map(str.ljust, row, widths)).rstrip() for row in (self.head, *self.rows)]
        return "\n".join([*lines, self.below])

    def _repr_html_(self) -> str:
        head = "".join(f'<th scope="col" style="text-align: left">{html.escape(name)}</th>' for name in self.head)
        rows = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in self.rows)
        return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table><p>{html.escape(self.below)}</p>"


def _cell(text: str) -> str:
    shown = html.escape(text)
    shown = f'<a href="{quote(text)}" target="_blank">{shown}</a>' if text.endswith(".ipynb") else shown
    return f'<td style="text-align: left">{shown}</td>'


def show(lab: str, points: Mapping[str, float]) -> None:
    """Display the table of a lab."""
    show_table(summarize(lab, points, session.names()))


def show_table(table: Table) -> None:
    """Display a table, as text where there is no IPython."""
    try:
        from IPython.display import display
    except ImportError:
        print(table)
    else:
        display(table)


def summarize(lab: str, points: Mapping[str, float], namespace: Mapping[str, Any]) -> Table:
    """The table of a lab, for what the kernel has defined."""
    rows, reached = [], 0.0
    for row, worth in points.items():
        exercise, _, listed = row.partition(" ")
        state, passed = _state(exercise, tuple(listed.split(", ")), namespace)
        reached += worth if passed else 0
        rows.append((exercise, listed, f"{worth:g}", state))
    total = sum(points.values())
    below = (
        f"{lab}: the visible checks of exercises worth {reached:g} of {total:g} points have passed. {NOT_FULL_MARKS}"
    )
    return Table(("exercise", "you write", "points", "visible check"), rows, below)


def _state(exercise: str, names: tuple[str, ...], namespace: Mapping[str, Any]) -> tuple[str, bool]:
    """What is to be said of an exercise, and whether the answer that the kernel holds has passed its check."""
    absent = [name for name in names if name not in namespace]
    if absent:
        return f"not run yet: {', '.join(absent)}", False
    found, now = session.verdict(exercise), answers.digest_of_objects((name, namespace[name]) for name in names)
    blank = [name for name in names if answers.is_blank(name, namespace[name])]
    if blank:
        return f"still blank: {', '.join(blank)}", False
    if found is None:
        return "not run since the kernel started", False
    if found.answer and now and found.answer != now:
        return "the answer has changed since: run the check again", False
    return ("passed" if found.passed else "failed") + f", {found.right} of {found.cases}", found.passed
