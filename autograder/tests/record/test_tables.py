"""The table of grades: its cells are data, for people and for spreadsheets."""

from __future__ import annotations

import csv
import io

import pytest
from autograder.grade.manual import Manual
from autograder.grade.model import CaseResult, ExerciseResult, Marked
from autograder.grade.outcome import Outcome
from autograder.grade.tables import row, safe, to_csv


def outcome(student="ana", earned=7.25):
    case = CaseResult("99.1", "c", 10.0, earned, "partial", "hint")
    return Outcome(student, "f", "graded", marked=Marked("lab99", "v", (ExerciseResult("99.1", "t", 10.0, (case,)),)))


def read(rows):
    return list(csv.DictReader(io.StringIO(to_csv(rows))))


def test_columns_are_those_that_are_documented():
    text = to_csv([]).strip()
    assert text == "student_id,lab,score,max_score,status,message,manual_score,manual_max,needs_manual"


def test_a_submission_without_a_grade_has_no_score_rather_than_zero():
    got = row(Outcome("ana", "f", "error", "the grader failed"), "lab99", 10.0, Manual())
    assert (got.score, got.max_score, got.status) == ("", "10", "error")


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t", "\r", "\uff1d"])
def test_no_cell_is_a_formula(begin):
    [got] = read([row(outcome(f"{begin}HYPERLINK(1)"), "lab99", 10.0, Manual())])
    assert got["student_id"] == f"'{begin}HYPERLINK(1)".replace("\r", " ")
    assert safe("ana") == "ana"


def test_quotes_commas_and_line_breaks_stay_in_their_cell():
    nasty = 'a "b", c\nd'
    assert read([row(outcome(nasty), "lab99", 10.0, Manual())])[0]["student_id"] == nasty


def test_points_set_by_a_person_count_and_are_named():
    got = row(outcome(), "lab99", 10.0, Manual(2.0, 5.0, False, {}, {"lab99-ex1-check": 9.5}))
    assert (got.score, got.message) == ("9.5", "set by hand: 99.1")
    assert (got.manual_score, got.manual_max, got.needs_manual) == ("2", "5", "no")
