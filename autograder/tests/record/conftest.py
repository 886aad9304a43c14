"""A class of the fixture course, marked by a marker that needs no sandbox."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from autograder.course import Course
from autograder.grade.pipeline import grade
from autograder.grade.summary import GradeSummary
from autograder.lab import Lab, load_lab
from nbformat.v4 import new_code_cell

HERE = Path(__file__).parent
LAB = "lab99"


@pytest.fixture(scope="session")
def course() -> Course:
    return Course(HERE.parent / "minicourse")


@pytest.fixture(scope="session")
def lab(course: Course) -> Lab:
    return load_lab(course, LAB)


@pytest.fixture
def hand_in(tmp_path: Path, course: Course) -> Callable[..., Path]:
    """Writes a notebook of the lab as `class/<name>`, with a cell that tells the fake marker what to give."""

    def write(name: str, marks: str = "1 1 1", *, code: str = "", source: Path | None = None) -> Path:
        notebook = nbformat.read(source or course.release(LAB), as_version=4)
        notebook.cells.append(new_code_cell(f"# marks: {marks}\n{code}"))
        path = tmp_path / "class" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(notebook, path)
        return path

    return write


@pytest.fixture
def run(tmp_path: Path, course: Course, monkeypatch: pytest.MonkeyPatch) -> Callable[..., GradeSummary]:
    """Grades `class/` into `out/` with the fake marker."""
    monkeypatch.setenv("PYTHONPATH", str(HERE))

    def grade_class(path: Path = tmp_path / "class", out: Path = tmp_path / "out", **options) -> GradeSummary:
        marker = f"fake_marker:{options.pop('marker', 'open_marker')}"
        return grade(course, LAB, path, out, marker=marker, **{"workers": 1, **options})

    return grade_class
