"""A changed hidden test regrades what it touches: through real sandboxes, counted case by case."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import nbformat
import pytest
from autograder.course import Course
from autograder.grade.pipeline import grade
from autograder.lab import load_lab
from autograder.prove.notebooks import solved, solved_but
from autograder.sandbox.api import IsolationUnavailable
from counting_marker import counted_cases
from nbformat.v4 import new_code_cell

WRONG = "def top_mask(scores, n_keep):\n    return scores > 0"
THREAD = "import threading\nthreading.Thread(target=threading.Event().wait, daemon=True).start()"
# what is changed in the hidden tests, and the exercises that are run again of a notebook whose exercises stand alone
CHANGES = {
    "worth": ("=20 hint", "=19 hint", 'zeros" points=8', 'zeros" points=9', "row of zeros gets", "zero row gets", ""),
    "code": ("randn(40), 13", "randn(41), 13", "99.2"),
    "judge": (
        "return float(np.asarray(scores)[mask].min()",
        "return 0.5 + 0.5 * (np.asarray(scores)[mask].min()",
        "99.2",
    ),
    "tolerance": ('case="double precision" points', 'case="double precision" rtol=1e-6 points', "99.1"),
}


@pytest.fixture(scope="module")
def graded(course, tmp_path_factory):
    """A class of three, graded once: right, wrong, and one with a thread, which is always run whole."""
    top = tmp_path_factory.mktemp("again")
    shutil.copytree(course.root, top / "course")
    lab = load_lab(course, "lab99")
    notebooks = {"ana": solved(lab), "bob": solved_but(lab, {"99.2": WRONG}), "cy": solved(lab)}
    notebooks["cy"].cells.append(new_code_cell(THREAD, id="thread"))
    for student, notebook in notebooks.items():
        path = top / "class" / f"{student}_lab99.ipynb"
        path.parent.mkdir(exist_ok=True)
        nbformat.write(notebook, path)
        os.utime(path, (10**9, 10**9))
    isolation = "auto"
    try:
        run(top, "first", isolation)
    except IsolationUnavailable:
        isolation = "none"
        run(top, "first", isolation)
    counted_cases(top / "counted")
    return top, isolation


def run(top: Path, out: str, isolation: str) -> dict[str, bytes]:
    """Grade the class; what was recorded of it."""
    private = top / out / "private"
    if not private.exists():
        private.mkdir(parents=True)
        (private / "course.json").write_text('{"written_by": "autograder grade", "folders": {}}')
        (private / "lab99_seed.json").write_text('{"seed": 7}')
    os.environ.update({"COUNTED": str(top / "counted"), "PYTHONPATH": str(Path(__file__).parent)})
    try:
        options = {"force": True, "workers": 1, "isolation": isolation, "marker": "counting_marker:open_marker"}
        grade(Course(top / "course"), "lab99", top / "class", top / out, **options)
    finally:
        del os.environ["COUNTED"], os.environ["PYTHONPATH"]
    files = [top / out / "results" / "lab99.json", top / out / "grades.csv", *(top / out / "feedback").rglob("*.html")]
    return {str(path.relative_to(top / out)): path.read_bytes() for path in files}


def cases_of(top, exercises, students):
    """What is counted, sorted, when the cases of these exercises are run for so many students."""
    hidden = load_lab(Course(top / "course"), "lab99").hidden
    ids = [f"ran {case.id}" for case in hidden.cases if case.exercise in exercises]
    return sorted(["opened", *ids * students])


@pytest.mark.parametrize("what", CHANGES)
def test_a_changed_hidden_test_runs_only_its_exercise_again(what, graded):
    top, isolation = graded
    *edits, exercise = CHANGES[what]
    path = Course(top / "course").hidden("lab99")
    before = path.read_text(encoding="utf-8")
    text = before
    for old, new in zip(edits[::2], edits[1::2], strict=True):
        assert text.count(old) == 1
        text = text.replace(old, new)
    shutil.copytree(top / "first", top / what)
    path.write_text(text, encoding="utf-8")
    try:
        again = run(top, what, isolation)
        ran = counted_cases(top / "counted")
        assert again == run(top, f"{what} from scratch", isolation)
    finally:
        path.write_text(before, encoding="utf-8")
        counted_cases(top / "counted")
    everything = ("99.1", "99.2", "99.3")
    alone, whole = cases_of(top, (exercise,), 2), cases_of(top, everything, 1)
    assert ran == (sorted([*alone, *whole[1:]]) if exercise else [])


def test_where_nothing_changed_no_sandbox_is_opened(graded):
    top, isolation = graded
    run(top, "first", isolation)
    assert counted_cases(top / "counted") == []
