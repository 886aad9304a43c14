"""What the list of a class gives cause to ask about: one notebook from two students, times that have not come yet."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from autograder.grade.collect import Submission, content
from autograder.grade.summary import some
from autograder.lab import Lab

CLOCKS_DIFFER_S = 300


def noticed(submissions: Iterable[Submission], lab: Lab) -> Iterator[str]:
    """Lines for the summary."""
    submissions = list(submissions)
    yield from _same(submissions, content(json.loads(lab.release.read_text(encoding="utf-8"))))
    yield from _early(submissions)


def _same(submissions: Iterable[Submission], untouched: str) -> Iterator[str]:
    """Who handed in the same, cell for cell; the lab as it was handed out is nobody's."""
    students: dict[str, dict[str, None]] = {}
    for each in submissions:
        students.setdefault(each.content, {})[each.student] = None
    for text, names in students.items():
        if text != untouched and len(names) > 1:
            yield f"the same notebook, cell for cell, from: {some(list(names))}"


def _early(submissions: Iterable[Submission]) -> Iterator[str]:
    late = time.time() + CLOCKS_DIFFER_S
    found = {each.student: datetime.fromtimestamp(each.when, tz=UTC) for each in submissions if each.when > late}
    if found:
        told = some([f"{student} ({when:%Y-%m-%d %H:%M} UTC)" for student, when in found.items()])
        yield f"handed in at a time that has not come yet: {told}"
