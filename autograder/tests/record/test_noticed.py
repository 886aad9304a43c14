"""The list of a class tells of a notebook that two students handed in, and of times that have not come yet."""

from __future__ import annotations

import os
import time

import nbformat

SAME = "the same notebook, cell for cell, from: ana, bob"


def test_one_notebook_from_two_students_is_told_whoever_saved_it(hand_in, run, tmp_path):
    path = hand_in("ana/lab99_tiny.ipynb", code="x = 1")
    hand_in("cy/lab99_tiny.ipynb", code="x = 2")
    copy = tmp_path / "class" / "bob" / path.name
    copy.parent.mkdir()
    notebook = nbformat.read(path, as_version=4)
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "mine"}
    notebook.cells[2].execution_count = 7
    nbformat.write(notebook, copy)
    assert [note for note in run().notes if "same" in note] == [SAME]
    assert SAME in run().lines()


def test_several_attempts_of_one_student_and_untouched_labs_are_no_copies(course, run, tmp_path):
    for name in ("ana_lab99.ipynb", "ana_lab99 (1).ipynb", "bob_lab99.ipynb"):
        path = tmp_path / "class" / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(course.release("lab99").read_bytes())
    # the fake marker finds no marks in it: what is told comes before that
    assert not [note for note in run(keep="best").notes if "same" in note]


def test_a_time_that_has_not_come_yet_is_told(hand_in, run):
    for name, ahead_s in (("ana", 86400), ("bob", 60), ("cy", -60)):
        path = hand_in(f"{name}/lab99_tiny.ipynb", code=f"# {name}")
        os.utime(path, (time.time(), time.time() + ahead_s))
    told = [note for note in run().notes if "not come yet" in note]
    assert len(told) == 1
    assert "ana (20" in told[0]
    assert "bob" not in told[0]


def test_a_forged_time_stamp_is_told(hand_in, run):
    path = hand_in("submitted/ana/lab99/lab99_tiny.ipynb")
    path.with_name("timestamp.txt").write_text("9999-12-31 23:59:59 UTC")
    assert "handed in at a time that has not come yet: ana (9999-12-31 23:59 UTC)" in run().notes
