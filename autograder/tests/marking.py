"""A marker for tests of marking, confined as strongly as this machine can."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from autograder.course import Course
from autograder.grade.marking import Limits, Marker, open_lab_sandbox
from autograder.lab import Lab
from autograder.sandbox.api import IsolationUnavailable

SEED = 7


@contextlib.contextmanager
def open_marker(course: Course, lab: Lab, *, cell_s: float, case_s: float) -> Iterator[Marker]:
    """A marker that knows what is expected; where nothing confines, it runs unconfined: that has tests of its own."""
    try:
        sandbox = open_lab_sandbox(course, lab)
    except IsolationUnavailable:
        sandbox = open_lab_sandbox(course, lab, isolation="none")
    with contextlib.closing(sandbox):
        marker = Marker(lab, sandbox, SEED, limits=Limits(cell_s=cell_s, case_s=case_s, setup_s=60, total_s=60))
        assert marker.expected
        yield marker
