"""A marker without a sandbox: it gives the marks that a notebook asks for, and fails as it asks."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from autograder.course import Course
from autograder.grade.model import CaseResult, Event, ExerciseResult, Marked
from autograder.lab import Lab, load_lab
from autograder.sandbox.api import IsolationUnavailable


class Marker:
    """`# marks: 1 0.5 0` in any cell gives those shares of the exercises; other words make it misbehave."""

    def __init__(self, lab: Lab, seed: int) -> None:
        self.lab, self.seed = lab, seed

    def mark(self, notebook) -> Marked:
        text = "\n".join(cell.source for cell in notebook.cells)
        self.misbehave(text)
        shares = text.split("# marks:")[1].split("\n")[0].split() if "# marks:" in text else ["0"] * 9
        results = []
        for exercise, share in zip(self.lab.exercises, map(float, shares), strict=False):
            cases = tuple(_case(case, share) for case in self.lab.hidden.of(exercise.id))
            results.append(ExerciseResult(exercise.id, exercise.title, exercise.points, cases))
        return Marked(self.lab.name, self.lab.version, tuple(results), (Event("note", "one cell was <restored>"),))

    def misbehave(self, text: str) -> None:
        if "# die" in text:
            os._exit(9)
        if "# flaky" in text:
            flag = Path(text.split("# flaky ")[1].split("\n")[0])
            if not flag.exists():
                flag.write_text("died")
                os._exit(9)
        if "# hang" in text:
            time.sleep(60)
        if "# fault" in text:
            raise RuntimeError("a fault of the grader")


def _case(case, share: float) -> CaseResult:
    status = "pass" if share == 1 else "partial" if share else "mismatch"
    detail = f"secret expected value of {case.name} at 0x7f00deadbeef"
    return CaseResult(case.exercise, case.name, case.points, case.points * share, status, case.hint, detail)


@contextmanager
def open_marker(setup) -> Iterator[Marker]:
    print("noise on standard output")
    yield Marker(load_lab(Course(Path(setup["course"])), setup["lab"]), setup["seed"])


@contextmanager
def refuse(setup) -> Iterator[Marker]:
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
