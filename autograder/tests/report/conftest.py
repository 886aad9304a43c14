"""Two graded classes of the fixture course: one through a marker without a sandbox, one through the real one."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
from autograder.course import Course
from autograder.grade.marking import Marker, open_lab_sandbox
from autograder.grade.pipeline import grade
from autograder.grade.place import Place
from autograder.lab import Lab, load_lab
from autograder.prove.answers import known_answers
from autograder.prove.notebooks import solved, solved_but
from autograder.prove.seed import KnownAnswers
from autograder.report import report
from autograder.report.slips import record_slips
from autograder.sandbox.api import IsolationUnavailable
from nbformat.v4 import new_code_cell

HERE = Path(__file__).parent
LAB = "lab99"
# one of those that `autograder check` proves fair
SEED = 11
NASTY = "</td><script>alert(1)</script><img src=x onerror=alert(1)>'\"&\u202egnp"
LEAK = """def row_scales(w, bits):
    import sys
    frames, frame = [], sys._getframe(1)
    while frame:
        frames += [frame.f_code.co_name, *map(str, frame.f_code.co_consts), *map(repr, frame.f_locals.values())]
        frame = frame.f_back
    raise ValueError(" ".join(frames))
"""


@pytest.fixture(scope="session")
def course() -> Course:
    return Course(HERE.parent / "minicourse")


@pytest.fixture(scope="session")
def lab(course: Course) -> Lab:
    return load_lab(course, LAB)


@pytest.fixture(scope="session")
def make_class(course: Course, lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Grades notebooks by student with the fake marker; returns the output folder."""

    def make(marks: dict[str, str], *, code: str = "", files: dict[str, str] | None = None) -> Path:
        top = tmp_path_factory.mktemp("graded")
        for student, wanted in marks.items():
            notebook = solved(lab)
            notebook.cells.append(new_code_cell(f"# marks: {wanted}\n{code}"))
            (top / "class" / student).mkdir(parents=True)
            nbformat.write(notebook, top / "class" / student / "lab99_tiny.ipynb")
        for name, content in (files or {}).items():
            (top / "class" / name).write_text(content, encoding="utf-8")
        path, before = f"{HERE.parent / 'record'}", os.environ.get("PYTHONPATH")
        os.environ["PYTHONPATH"] = path
        try:
            grade(course, LAB, top / "class", top / "out", workers=1, marker="fake_marker:open_marker")
        finally:
            os.environ.pop("PYTHONPATH")
            os.environ.update({"PYTHONPATH": before} if before else {})
        return top / "out"

    return make


@pytest.fixture(scope="session")
def out(make_class: Callable[..., Path]) -> Path:
    """A class of every sort, reported: good, bad, edited, invalid, and one whose every text is hostile."""
    marks = {"ana": "1 1 1", "bob": "0 0.5 1", "cy": "0.5 1 0", "=1+1 <b> \u05d0\u202e": "0 0 0"}
    folder = make_class(marks, code=f"# edited\n# {NASTY}", files={"empty_lab99.ipynb": "", "notes.csv": "1"})
    report(folder)
    return folder


@pytest.fixture(scope="session")
def real(course: Course, lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> SimpleNamespace:
    """Through real sandboxes: the solution, each known wrong answer, and one that raises what it sees of the tests.

    `expected` are the solution's own results, `wrong` the sentence of the slip by student.
    """
    top = tmp_path_factory.mktemp("real")
    slips = [answer for answer in known_answers(course, lab) if not answer.right]
    wrong = {f"wrong{i}": answer for i, answer in enumerate(slips)}
    notebooks = {who: solved_but(lab, {answer.exercise: answer.source}) for who, answer in wrong.items()}
    notebooks |= {"perfect": solved(lab), "leak": solved_but(lab, {lab.exercises[0].id: LEAK})}
    for student, notebook in notebooks.items():
        (top / "class" / student).mkdir(parents=True)
        nbformat.write(notebook, top / "class" / student / "lab99_tiny.ipynb")
    numbers = "".join(f"{student},{number}\n" for number, student in enumerate(notebooks, 4001))
    (top / "class.csv").write_text(f"student_id,lms_id\n{numbers}", encoding="utf-8")
    isolation, place = "auto", Place(top / "out")
    place.save_folders({})
    place.save_seed(LAB, SEED)
    options = {"workers": 1, "roster": top / "class.csv"}
    try:
        grade(course, LAB, top / "class", place.root, **options)
    except IsolationUnavailable:
        isolation = "none"
        grade(course, LAB, top / "class", place.root, isolation=isolation, **options)
    assert record_slips(lab, place, KnownAnswers(course, LAB, workers=1, isolation=isolation))
    report(place.root)
    sandbox = open_lab_sandbox(course, lab, isolation=isolation, fork_server=False)
    try:
        expected = Marker(lab, sandbox, place.seed(LAB)).expected
    finally:
        sandbox.close()
    return SimpleNamespace(out=place.root, place=place, wrong=wrong, expected=expected, isolation=isolation)
