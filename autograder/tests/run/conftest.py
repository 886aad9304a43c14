"""A class of the fixture course for graders that are killed, spread or filled up; the fake marker needs no sandbox."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from autograder.course import Course
from nbformat.v4 import new_code_cell

TESTS = Path(__file__).parent.parent
RECORD = TESTS / "record"
STUDENTS = {"ana": "1 1 1", "bob": "1 0 0.5", "cy": "0 0 0", "dee": "0 1 0.8", "eve": "0.5 0.5 0.5"}


@pytest.fixture(scope="session")
def course() -> Course:
    return Course(TESTS / "minicourse")


@pytest.fixture
def hand_in(tmp_path: Path, course: Course, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Writes a submission of a student into `class/`; `code` tells the fake marker how to misbehave."""
    monkeypatch.setenv("PYTHONPATH", str(RECORD))

    def write(student: str, marks: str = "1 1 1", code: str = "") -> Path:
        notebook = nbformat.read(course.release("lab99"), as_version=4)
        notebook.cells.append(new_code_cell(f"# marks: {marks}\n{code}", id="marks"))
        path = tmp_path / "class" / f"{student}_lab99.ipynb"
        path.parent.mkdir(exist_ok=True)
        nbformat.write(notebook, path)
        os.utime(path, (10**9, 10**9))
        return path

    return write


@pytest.fixture
def inbox(tmp_path: Path, hand_in: Callable[..., Path]) -> Path:
    """The class of `STUDENTS`."""
    for student, marks in STUDENTS.items():
        hand_in(student, marks)
    return tmp_path / "class"


@pytest.fixture
def new_out(tmp_path: Path) -> Callable[[str], Path]:
    """A new output folder whose seed has been drawn, so that runs can be compared."""

    def make(name: str) -> Path:
        private = tmp_path / name / "private"
        private.mkdir(parents=True)
        (private / "course.json").write_text(json.dumps({"written_by": "autograder grade", "folders": {}}))
        (private / "lab99_seed.json").write_text('{"seed": 7}')
        return private.parent

    return make
