"""The tests' small course, one sandbox for all tests of a run, and notebooks made from the solution."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import pytest
from autograder.course import Course
from autograder.grade.original import Original
from autograder.lab import load_lab
from marking import open_marker


class Submission:
    """A notebook to be edited: starts as the solution (or, `blank`, as the released lab)."""

    def __init__(self, notebook):
        self.notebook = copy.deepcopy(notebook)
        for cell in self.cells:
            cell["source"] = "".join(cell["source"])

    @property
    def cells(self):
        return self.notebook["cells"]

    def of(self, role, exercise=None):
        """The first cell of a role."""
        for cell in self.cells:
            about = cell["metadata"].get("effdl", {})
            if about.get("role") == role and exercise in (None, about.get("id")):
                return cell
        raise LookupError(role)

    def answer(self, exercise, source):
        self.of("exercise", exercise)["source"] = source
        return self

    def code(self, source, at=None):
        """Add a cell of the student's own, at the end or at a place."""
        cell = {
            "cell_type": "code",
            "source": source,
            "metadata": {},
            "outputs": [],
            "execution_count": None,
            "id": "own",
        }
        self.cells.insert(len(self.cells) if at is None else at, cell)
        return self


@pytest.fixture(scope="session")
def course():
    return Course(Path(__file__).parents[1] / "minicourse")


@pytest.fixture(scope="session")
def lab(course):
    return load_lab(course, "lab99")


@pytest.fixture(scope="session")
def released(lab):
    return json.loads(lab.release.read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def original(lab, released):
    return Original(lab, released)


@pytest.fixture
def solved(lab):
    return Submission(json.loads(lab.solution.read_text(encoding="utf-8")))


@pytest.fixture
def blank(released):
    return Submission(released)


@pytest.fixture(scope="session")
def marker(course, lab):
    with open_marker(course, lab, cell_s=3, case_s=2) as marker:
        yield marker
