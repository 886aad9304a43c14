"""Harm that a graded class does is found, wherever it is."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import nbformat
import pytest
from autograder.course import Course, find_course
from autograder.grade.collect import Skipped
from autograder.grade.tables import Row
from autograder.lab import load_lab
from autograder.prove.attacks.classes import Graded, harm, judge_rows
from autograder.prove.attacks.leaks import hidden_of
from autograder.prove.attacks.registry import Verdict
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

LAB = "lab99"
ROWS = (Row("ana", LAB, "100", "100", "graded", ""), Row("eve", LAB, "", "100", "invalid", "eve: is a link"))


@pytest.fixture(scope="module")
def lab():
    return load_lab(Course(find_course().root / "autograder" / "tests" / "minicourse"), LAB)


@pytest.fixture
def graded(tmp_path, lab):
    """A recorded class of two in which all is well."""
    files = {
        "grades.csv": "student_id\nana\neve\n",
        f"results/{LAB}.json": "{}",
        f"feedback/ana/{LAB}/{LAB}.html": "<p>",
    }
    for name, text in {**files, f"nbgrader_feedback/ana/{LAB}/x.html": "<p>"}.items():
        write(tmp_path / "out" / name, text)
    write(tmp_path / f"out/autograded/ana/{LAB}/x.ipynb", nbformat.writes(new_notebook(cells=[new_code_cell("1")])))
    skipped = (Skipped("eve/x.zip", "is too large"),)
    summary = SimpleNamespace(errors=(), rows=ROWS, skipped=skipped, notes=("the same from: ana, eve",))
    return Graded(lab, tmp_path, summary, True, hidden_of(lab))


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def test_a_class_in_which_all_is_well_did_no_harm(graded):
    assert list(harm(graded)) == []


@pytest.mark.parametrize(
    ("file", "text", "complaint"),
    [
        ("ESCAPED.ipynb", "", "ESCAPED.ipynb was written"),
        ("out/escaped/x", "", "was written"),
        ("out/feedback/a b/x", "", "'a b' is no harmless name"),
        ("out/grades.csv", "student_id\n=1+1\n", "the formula '=1+1'"),
        ("out/grades.csv", "student_id\n\u202eana\n", "grades.csv holds"),
        (f"out/feedback/ana/{LAB}/{LAB}.html", "<script>SCRIPTED</script>", "would run script"),
        (f"out/feedback/ana/{LAB}/{LAB}.html", "scores = (rand(60) * 5).floor()", "tells"),
        (f"out/nbgrader_default/ana/{LAB}/x.html", "LEAKED", "nbgrader_default of ana tells"),
    ],
)
def test_harm_is_found(graded, file, text, complaint):
    write(graded.top / file, text)
    [found] = harm(graded)
    assert complaint in found


@pytest.mark.parametrize(
    "cell",
    [
        new_code_cell("1", outputs=[new_output("display_data", {"text/html": "x"})]),
        new_code_cell("1", outputs=[new_output("stream", text="x")]),
        new_markdown_cell("<img src=x>"),
        new_markdown_cell("x", attachments={"x.svg": {"image/svg+xml": "x"}}),
    ],
)
def test_what_students_wrote_and_formgrader_would_show_is_found(graded, cell):
    write(graded.out / f"autograded/ana/{LAB}/x.ipynb", nbformat.writes(new_notebook(cells=[cell])))
    assert len(list(harm(graded))) == 1


def test_a_second_run_that_differs_is_found(graded):
    assert "a second run" in next(harm(replace(graded, repeated=False)))


@pytest.mark.parametrize(
    ("rows", "says", "complaint"),
    [
        ({"ana": "full", "eve": "invalid", "bob": "absent"}, ("is a link", "is too large", "the same from"), ""),
        ({"ana": "any"}, (), ""),
        ({"ana": "none"}, (), "'ana' ended as full, none was due"),
        ({"bob": "none"}, (), "'bob' ended as absent"),
        ({"eve": "invalid"}, ("is a device",), "no message says 'is a device'"),
    ],
)
def test_rows_are_held_against_the_verdict(graded, rows, says, complaint):
    assert complaint in "; ".join(judge_rows(Verdict("eve", (48,), "x", rows=rows, says=says), graded))
