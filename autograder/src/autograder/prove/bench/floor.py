"""The least that a right submission could cost: what is measured when nothing is left but work that has to be done.

That is a fork of a kernel that has imported everything, the CPU time of the student's own cells and of the hidden
cases, spread over the cores, and the recording, which one process does.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from statistics import median

from autograder.course import Course
from autograder.grade.cases import batch_code, install_code, make_requests
from autograder.grade.marking import Limits, open_lab_sandbox
from autograder.grade.original import Original
from autograder.grade.sanitize import make_plan
from autograder.lab import Lab
from autograder.prove.bench.embedded import SEED
from autograder.prove.notebooks import solved
from autograder.run.pool import cores
from autograder.sandbox.api import Kernel

FORKS = 5
CPU = "print(sum(__import__('os').times()[:4]))"  # of its children too: each exercise's cases run in a copy


@dataclass(frozen=True)
class Floor:
    """Seconds a submission: to fork, of CPU for the student's cells and the hidden cases, to record."""

    fork: float
    student: float
    hidden: float
    recording: float

    @property
    def each(self) -> float:
        return (self.fork + self.student + self.hidden) / cores() + self.recording

    def line(self) -> str:
        parts = f"fork {self.fork:.3f} s, own cells {self.student:.3f} and hidden cases {self.hidden:.3f} CPU-s"
        return f"floor {self.each:.2f} s each: {parts}, on {cores()} cores; recording {self.recording:.3f} s, on one"


def floor(course: Course, lab: Lab, stages: Mapping[str, float], submissions: int) -> Floor:
    """Measure the floor; `stages` are the seconds that a run over so many submissions spent, recording among them."""
    sandbox = open_lab_sandbox(course, lab)
    try:
        with sandbox.kernel() as kernel:
            student, hidden = _cpu(lab, kernel)
        forks = [_fork(sandbox) for _ in range(FORKS)]
    finally:
        sandbox.close()
    return Floor(median(forks), student, hidden, stages.get("recording", 0.0) / submissions)


def _fork(sandbox) -> float:
    start = time.perf_counter()
    with sandbox.kernel() as kernel:
        kernel.run("pass")
        return time.perf_counter() - start


def _cpu(lab: Lab, kernel: Kernel) -> tuple[float, float]:
    """The CPU seconds of the solution's own cells, and of the hidden cases on them."""
    original = Original(lab, json.loads(lab.release.read_text(encoding="utf-8")))
    plan = make_plan(solved(lab), original)
    _run(kernel, (*plan.setup, install_code()))
    before = _read(kernel)
    _run(kernel, (step.source for step in plan.steps))
    between = _read(kernel)
    _run(kernel, _batches(lab))
    return between - before, _read(kernel) - between


def _batches(lab: Lab) -> Iterator[str]:
    for _, batch in groupby(make_requests(lab, SEED), key=lambda request: request.exercise):
        yield batch_code(list(batch), Limits().case_s)


def _run(kernel: Kernel, sources) -> None:
    for source in sources:
        run = kernel.run(source)
        if run.status != "ok":
            raise RuntimeError(f"the solution ended with {run.status}: {run.ename} {run.evalue}")


def _read(kernel: Kernel) -> float:
    """The CPU seconds that the kernel has spent so far."""
    return float("".join(output.get("text", "") for output in kernel.run(CPU).outputs))
