"""A marker without a sandbox: it gives the marks that a notebook asks for, and fails as it asks."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from autograder.grade.model import CaseResult, Event, ExerciseResult, Marked


class Marker:
    """`# marks: 1 0.5 0` in a cell gives those shares of the exercises; other words make it misbehave."""

    def __init__(self, course: str, lab: str) -> None:
        solution = next(Path(course, "solutions").glob(f"{lab}_*.ipynb"))
        self.about = json.loads(solution.read_text(encoding="utf-8"))["metadata"]["effdl"]
        self.last_seconds = {"student": 0.5, "total": 1.0}

    def mark(self, notebook, only=()) -> Marked:
        text = "\n".join(cell.source for cell in notebook.cells)
        misbehave(text)
        shares = text.split("# marks:")[-1].split("\n")[0].split()
        results = tuple(map(result, self.about["exercises"], map(float, shares)))
        events = (Event("restored", "one cell was <b>edited</b>"),) if "# edited" in text else ()
        return Marked(self.about["lab"], self.about["version"], results, events)


def result(exercise, share: float) -> ExerciseResult:
    """Two cases: the first passes if anything is earned, the second carries the rest."""
    points = exercise["points"]
    full = ("pass", points / 2) if share else ("mismatch", 0.0)
    rest = max(share - 0.5, 0.0) * points
    status = "pass" if share == 1 else "partial" if rest else "mismatch"
    secret = "expected [0.123456] at 0x7f00deadbeef, not None"
    cases = (
        CaseResult(exercise["id"], "easy", points / 2, full[1], full[0], "try a <row> of zeros", secret),
        CaseResult(exercise["id"], "hard", points / 2, rest, status, "mind the last group", secret),
    )
    return ExerciseResult(exercise["id"], exercise["title"], points, cases)


def misbehave(text: str) -> None:
    if "# die" in text:
        os._exit(9)
    if "# flaky" in text:
        flag = Path(text.split("# flaky ")[1].split("\n")[0])
        if not flag.exists():
            flag.write_text("died once")
            os._exit(9)
    if "# hang" in text:
        time.sleep(60)
    if "# fault" in text:
        raise RuntimeError("a fault of the grader")


@contextmanager
def open_marker(setup) -> Iterator[Marker]:
    print("noise on standard output")
    yield Marker(setup["course"], setup["lab"])


@contextmanager
def refuse(setup) -> Iterator[Marker]:
    from autograder.sandbox.api import IsolationUnavailable

    raise IsolationUnavailable("no isolation here; install bubblewrap")
    yield


@contextmanager
def broken(setup) -> Iterator[Marker]:
    raise RuntimeError("the reference fails")
    yield


@contextmanager
def stillborn(setup) -> Iterator[Marker]:
    os._exit(7)
    yield
