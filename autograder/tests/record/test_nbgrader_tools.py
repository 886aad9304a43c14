"""What is recorded is an nbgrader course: its own tools work on it, unmodified."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
import sys

import nbformat
import pytest
from autograder.course import Course
from autograder.grade.gradebook import Book, Entry, newest_revision
from autograder.grade.pipeline import grade
from nbgrader import api, utils
from nbgrader.nbgraderformat import read as read_nbgrader

MANUAL = "lab99-q1"


@pytest.fixture
def graded(hand_in, run, tmp_path):
    """A class of two, recorded."""
    hand_in("ana/lab99_tiny.ipynb", "1 0.25 0")
    hand_in("Zo\u00eb O'Neil/lab99_tiny.ipynb", "1 1 1", code="x = '<script>alert(1)</script>'")
    run()
    return tmp_path / "out"


def nbgrader(folder, *command, status=0):
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", *command],
        cwd=folder,
        env={**os.environ, "JUPYTER_CONFIG_DIR": str(folder / "none")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == status, done.stderr
    return done.stderr


def scores(out):
    with api.Gradebook(f"sqlite:///{out / 'gradebook.db'}") as book:
        return {entry.student.id: (entry.score, entry.max_score) for entry in book.assignment_submissions("lab99")}


def test_nbgraders_own_rule_reads_the_same_scores_from_the_notebooks(graded, lab):
    with api.Gradebook(f"sqlite:///{graded / 'gradebook.db'}") as book:
        for student in ("ana", "Zo%C3%AB%20O%27Neil"):
            notebook = read_nbgrader(graded / "autograded" / student / "lab99" / f"{lab.stem}.ipynb", as_version=4)
            for cell in filter(utils.is_grade, notebook.cells):
                recorded = book.find_grade(cell.metadata.nbgrader.grade_id, lab.stem, "lab99", student)
                assert (recorded.auto_score, recorded.max_score) == utils.determine_grade(cell)
    assert scores(graded) == {"ana": (55.0, 105.0), "Zo%C3%AB%20O%27Neil": (100.0, 105.0)}


def test_generate_feedback_and_export_work_and_touch_nothing_of_ours(graded):
    ours = {path: path.read_bytes() for path in [graded / "grades.csv", *graded.glob("feedback/*/*/*")]}
    nbgrader(graded, "generate_feedback", "lab99")
    pages = [path.read_text(encoding="utf-8") for path in sorted(graded.glob("nbgrader_feedback/*/lab99/*.html"))]
    assert len(pages) == 2
    assert "(Score: 55.0 / 105.0)" in pages[1]
    assert "mind the last group" in pages[1]
    assert not any("0.123456" in page for page in pages)
    assert not any("<script>alert" in page for page in pages)
    nbgrader(graded, "export")
    with open(graded / "nbgrader_grades.csv", newline="", encoding="utf-8") as file:
        exported = {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}
    assert exported == {"ana": 55.0, "Zo%C3%AB%20O%27Neil": 100.0}
    assert {path: path.read_bytes() for path in ours} == ours


def test_stock_autograde_runs_no_student_code_and_what_it_removed_comes_back(graded, hand_in, run, tmp_path):
    flag = tmp_path / "ran"
    hand_in("eve/lab99_tiny.ipynb", code=f"open({str(flag)!r}, 'w')")
    run()
    before = scores(graded)
    told = nbgrader(graded, "autograde", "lab99", "--student", "eve", "--force", status=1)
    assert "use-autograder-grade-instead" in told
    assert not flag.exists()
    run()
    assert (graded / "autograded/eve/lab99/lab99_tiny.ipynb").exists()
    assert scores(graded) == before


def test_a_grade_given_by_hand_stays_and_counts(graded, hand_in, run, lab):
    with api.Gradebook(f"sqlite:///{graded / 'gradebook.db'}") as book:
        given = book.find_grade("lab99-ex3-check", lab.stem, "lab99", "ana")
        given.manual_score = 12.0
        book.find_comment("lab99-ex3", lab.stem, "lab99", "ana").manual_comment = "good <idea>"
        book.db.commit()
    hand_in("ana/lab99_tiny.ipynb", "0 0 0.5")
    summary = run(force=True)
    row = next(row for row in summary.rows if row.student_id == "ana")
    assert (row.score, row.message) == ("12", "set by hand: 99.3")
    page = (graded / "feedback/ana/lab99/lab99.html").read_text(encoding="utf-8")
    assert "These points were set by a person; the hidden tests gave 15." in page
    assert "Comment: good &lt;idea&gt;" in page
    assert scores(graded)["ana"] == (12.0, 105.0)


def test_free_text_waits_for_a_person_unless_it_is_blank(hand_in, run, tmp_path, lab):
    hand_in("ana_lab99.ipynb")
    path = hand_in("bob_lab99.ipynb")
    handed_in = nbformat.read(path, as_version=4)
    next(
        c for c in handed_in.cells if c.metadata.get("effdl", {}).get("role") == "manual"
    ).source = "Because <b onclick=x>it</b> is."
    nbformat.write(handed_in, path)
    assert [(row.manual_max, row.needs_manual) for row in run().rows] == [("5", "no"), ("5", "yes")]
    recorded = nbformat.read(tmp_path / "out/autograded/bob/lab99" / f"{lab.stem}.ipynb", as_version=4)
    [answer] = [cell for cell in recorded.cells if cell.metadata.get("nbgrader", {}).get("grade_id") == MANUAL]
    assert answer.source == "Because &lt;b onclick=x>it&lt;/b> is."
    with api.Gradebook(f"sqlite:///{tmp_path / 'out/gradebook.db'}") as book:
        graded = book.find_grade(MANUAL, lab.stem, "lab99", "bob")
        graded.manual_score, graded.needs_manual_grade = 4.0, False
        book.db.commit()
    assert [(row.score, row.manual_score, row.needs_manual) for row in run().rows] == [
        ("100", "0", "no"),
        ("100", "4", "no"),
    ]
    page = (tmp_path / "out/feedback/bob/lab99/lab99.html").read_text(encoding="utf-8")
    assert "Free text, graded by a person: 4 of 5 points on top." in page


def test_a_lab_that_lost_an_exercise_needs_a_new_folder(course, graded, tmp_path):
    shutil.copytree(course.root, tmp_path / "course")
    copy = Course(tmp_path / "course")
    release = nbformat.read(copy.release("lab99"), as_version=4)
    release.cells = [c for c in release.cells if c.metadata.get("nbgrader", {}).get("grade_id") != "lab99-ex1-check"]
    nbformat.write(release, copy.release("lab99"))
    with pytest.raises(ValueError, match="exercises are not those that submissions were recorded for"):
        grade(copy, "lab99", tmp_path / "class", graded, marker="fake_marker:open_marker", workers=1)


def test_the_database_notes_the_revision_that_nbgrader_itself_would(tmp_path, monkeypatch):
    folder = os.path.dirname(sys.executable)
    monkeypatch.setenv("PATH", os.pathsep.join([folder, os.environ["PATH"]]))
    assert newest_revision() == api.get_alembic_version()
    with Book(tmp_path / "gradebook.db"):
        pass
    assert (tmp_path / "gradebook.db").stat().st_size > 0


def test_a_class_is_recorded_whole_or_not_at_all(lab, tmp_path):
    with Book(tmp_path / "gradebook.db") as book:
        book.stage(lab, nbformat.read(lab.release, as_version=4))
        good = Entry("ana", "", {"lab99-ex1-check": 1.0})
        bad = Entry("bob", "", None)
        with pytest.raises(AttributeError):
            book.record(lab, [good, bad])
        assert book.manual("lab99") == {}
        book.record(lab, [good])
        assert list(book.manual("lab99")) == ["ana"]
