"""A failing answer is recognized as the slip that it is."""

from __future__ import annotations

from dataclasses import replace

import pytest
from autograder.grade.model import CaseResult, ExerciseResult
from autograder.grade.place import Place
from autograder.lab import load_lab
from autograder.prove.seed import KnownAnswers
from autograder.report.gather import gather
from autograder.report.slip_table import slip_table
from autograder.report.slips import match, record_slips
from structure import Page


def result(*marks):
    """Cases of 5 points from (status, earned, detail)."""
    cases = [CaseResult("99.1", f"case {i}", 5.0, mark[1], mark[0], "", mark[2]) for i, mark in enumerate(marks)]
    return ExerciseResult("99.1", "t", 5.0 * len(cases), tuple(cases))


def slip(says, *marks):
    return {"says": says, "cases": {f"case {i}": [mark[0], mark[1] / 5, mark[2]] for i, mark in enumerate(marks)}}


PASS, OFF = ("pass", 5.0, ""), ("mismatch", 0.0, "3 of 9 elements differ")
OTHER, SHAPE = ("mismatch", 0.0, "5 of 9 elements differ"), ("mismatch", 0.0, "shape (2,) instead of (3,)")
KNOWN = [slip("the sign", OFF, PASS), slip("the axis", SHAPE, PASS), slip("all of it", OFF, OFF)]


@pytest.mark.parametrize(
    ("marks", "says", "exact"),
    [
        ([OFF, PASS], ("the sign",), True),
        ([SHAPE, PASS], ("the axis",), True),
        ([OFF, OFF], ("all of it",), True),
        ([OTHER, PASS], ("the sign", "the axis"), False),
    ],
)
def test_the_results_tell_which_slip_and_else_the_lost_cases(marks, says, exact):
    found = match(result(*marks), KNOWN)
    assert (found.says, found.exact) == (says, exact)


@pytest.mark.parametrize(
    "marks",
    [
        [PASS, PASS],
        [PASS, OFF],
        [OTHER, OTHER],
        [("missing", 0.0, "not defined: f"), ("missing", 0.0, "not defined: f")],
    ],
)
def test_right_blank_and_unforeseen_answers_are_no_known_slip(marks):
    assert match(result(*marks), KNOWN) is None


def test_an_error_is_told_by_its_class_alone():
    known = [slip("no check", ("error", 0.0, "IndexError"), PASS)]
    assert match(result(("error", 0.0, "IndexError: too many"), PASS), known).exact
    assert not match(result(("error", 0.0, "TypeError: too many"), PASS), known).exact


def test_rounding_does_not_make_another_slip():
    known = [slip("the sign", ("mismatch", 0.0, "0.123456 instead of 2e-05"), PASS)]
    assert match(result(("mismatch", 0.0, "0.12346 instead of 2.0e-05"), PASS), known).exact
    assert not match(result(("mismatch", 0.0, "0.125 instead of 2e-05"), PASS), known).exact
    assert not match(result(("mismatch", 0.0, "0.12346 in place of 2e-05"), PASS), known).exact


def test_every_known_wrong_answer_of_a_class_is_named(real):
    graded = gather(Place(real.out))[0]
    for student, answer in real.wrong.items():
        results = {each.exercise: each for each in graded.marked()[student]}
        found = match(results[answer.exercise], graded.slips[answer.exercise])
        assert found.exact
        assert answer.says in found.says
    text = Page((real.out / "report.html").read_text(encoding="utf-8")).text
    assert "the lowest scores are kept 99.2 1: wrong3" in text
    assert "None of the known ones 99.1 0 1: leak" in text.replace("ones 99.1 1", "ones 99.1 0 1")


def test_the_known_answers_are_not_run_again_for_the_same_seed(real, course):
    known = KnownAnswers(course, "lab99", workers=1, isolation=real.isolation)
    lab = load_lab(course, "lab99")
    assert not record_slips(lab, real.place, known)
    reworded = tuple(replace(case, hint="now: " + case.hint) for case in lab.hidden.cases)
    assert not record_slips(replace(lab, hidden=replace(lab.hidden, cases=reworded)), real.place, known)
    assert known._marked == {}


def test_without_their_results_the_report_says_so(out):
    text = " ".join(slip_table(gather(Place(out))[0]))
    assert "Not looked for" in text
