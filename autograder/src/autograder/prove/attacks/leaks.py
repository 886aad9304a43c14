"""What must never come back to a student: the hidden tests' text, their values, and what answers print of them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from html import unescape
from html.parser import HTMLParser
from typing import Any

from autograder.grade.feedback import STYLE, Page, page
from autograder.grade.manual import Manual
from autograder.grade.model import Marked
from autograder.grade.outcome import Outcome
from autograder.grade.score import NOTES
from autograder.grade.words import CASE_WORDS, lines
from autograder.lab import Lab

# what hostile answers print, raise, draw and write; no source text of theirs holds it in one piece
LEAK, SCRIPT = "LEAKED", "SCRIPTED"
SHORTEST = 12
NUMBER = re.compile(r"\d+\.\d{4,}")


@dataclass(frozen=True)
class Hidden:
    """What is secret about a lab: lines of code and names of cases, and numbers to four decimals."""

    texts: frozenset[str]
    numbers: frozenset[str] = frozenset()


def hidden_of(lab: Lab, expected: Mapping[str, Any] | None = None) -> Hidden:
    """The secrets of a lab; `expected` are the values that the solution shows, inputs among them."""
    code = [lab.hidden.setup, lab.hidden.judges, *(case.code for case in lab.hidden.cases)]
    texts = {line.strip() for text in code for line in text.splitlines()} | {case.name for case in lab.hidden.cases}
    public = _public(lab)
    secret = frozenset(text for text in texts if len(text) >= SHORTEST and text not in public)
    return Hidden(secret, frozenset(_four_decimals(value) for value in _floats(expected)))


def _public(lab: Lab) -> str:
    """All that students may read anyway."""
    notebook = json.loads(lab.release.read_text(encoding="utf-8"))
    cells = ["".join(cell["source"]) for cell in notebook["cells"]]
    hints = [case.hint for case in lab.hidden.cases]
    return "\n".join([*cells, *hints, *CASE_WORDS.values(), *NOTES.values()])


def _floats(value: Any) -> Iterator[float]:
    if isinstance(value, float):
        yield value
    elif isinstance(value, (list, Mapping)):
        for each in value.values() if isinstance(value, Mapping) else value:
            yield from _floats(each)


def _four_decimals(value: float) -> str:
    """Cut, not rounded: 0.12345 and 0.1234 are both "0.1234"."""
    whole, _, rest = f"{abs(value):.8f}".partition(".")
    return f"{whole}.{rest[:4]}"


def handed_back(lab: Lab, marked: Marked) -> str:
    """The text that a student reads: the feedback page and the lines in nbgrader's feedback."""
    outcome = Outcome("student", "student.ipynb", "graded", marked=marked)
    text = page(Page(lab.title, outcome, Manual())).replace(STYLE, "")
    return "\n".join([unescape(text), *(line for each in marked.exercises for line in lines(each))])


def told(marked: Marked) -> set[str]:
    """What the record holds for teaching assistants only: what each comparison saw."""
    details = {case.detail for exercise in marked.exercises for case in exercise.cases}
    return {detail for detail in details if len(detail) >= SHORTEST and detail not in NOTES.values()}


def leaks(text: str, hidden: Hidden, details: Iterable[str] = ()) -> list[str]:
    """The secrets that stand in a text that a student reads."""
    found = [secret for secret in (LEAK, *sorted(hidden.texts), *details) if secret in text]
    return found + [number for number in NUMBER.findall(text) if number[: number.index(".") + 5] in hidden.numbers]


class _Live(HTMLParser):
    """Collects what a browser would run, where it holds the hostile mark."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.script = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.script = tag == "script"
        texts = [f"{tag} {name}={value}" for name, value in attrs if value and SCRIPT in value]
        self.found += [text for text in texts if not text.split(" ")[1].startswith(("alt=", "title=", "aria-"))]

    def handle_endtag(self, tag: str) -> None:
        self.script = False

    def handle_data(self, data: str) -> None:
        if self.script and SCRIPT in data:
            self.found.append(f"script {data[:60]}")


def live(html: str) -> list[str]:
    """Where a page would run, load or point to what a student wrote with the hostile mark in it."""
    reader = _Live()
    reader.feed(html)
    return reader.found
