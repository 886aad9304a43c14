"""A small class through the real marker: every kind of submission ends as it should, and nobody harms anybody."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
import pytest
from autograder.grade.pipeline import grade
from autograder.sandbox.api import IsolationUnavailable


def with_answer(course, code):
    """The solution, its first function replaced."""
    notebook = nbformat.read(course.solution("lab99"), as_version=4)
    answer = next(cell for cell in notebook.cells if cell.metadata.effdl.role == "exercise")
    answer.source = code
    return notebook


@pytest.fixture
def inbox(course, tmp_path) -> Path:
    folder = tmp_path / "class"
    students = {
        "perfect": nbformat.read(course.solution("lab99"), as_version=4),
        "blank": nbformat.read(course.release("lab99"), as_version=4),
        "crashing": with_answer(course, "def row_scales(w, bits):\n    import os\n    os._exit(0)"),
        "wrong": with_answer(course, "def row_scales(w, bits):\n    return w.sum(dim=1)"),
    }
    for student, notebook in students.items():
        (folder / student).mkdir(parents=True)
        nbformat.write(notebook, folder / student / "lab99_tiny.ipynb")
    (folder / "empty_lab99.ipynb").write_text("")
    return folder


def test_a_class_is_marked_in_sandboxes_and_recorded(course, inbox, tmp_path):
    out = tmp_path / "out"
    options = {"workers": 2}
    try:
        summary = grade(course, "lab99", inbox, out, **options)
    except IsolationUnavailable:
        summary = grade(course, "lab99", inbox, out, isolation="none", **options)
    rows = {row.student_id: row for row in summary.rows}
    assert {student: (row.score, row.status) for student, row in rows.items()} == {
        "perfect": ("100", "graded"),
        "blank": ("0", "graded"),
        "crashing": ("60", "graded"),
        "wrong": ("60", "graded"),
        "empty": ("", "invalid"),
    }
    assert summary.exit_code == 0
    assert set(json.loads((out / "private" / "lab99_timing.json").read_text())) >= {"start", "hidden", "recording"}
    page = (out / "feedback" / "crashing" / "lab99" / "lab99.html").read_text(encoding="utf-8")
    assert "stops the kernel" in page
