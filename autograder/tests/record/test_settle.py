"""What happens to a recorded grade when the class is graded again."""

from __future__ import annotations

from dataclasses import replace

import pytest
from autograder.grade.model import CaseResult, ExerciseResult, Marked
from autograder.grade.outcome import Outcome
from autograder.grade.settle import settle


def graded(earned, student="ana", **changes):
    case = CaseResult("99.1", "c", 10.0, earned, "partial", "hint")
    marked = Marked("lab99", "v", (ExerciseResult("99.1", "t", 10.0, (case,)),))
    return replace(Outcome(student, "a.ipynb", "graded", key="k", marked=marked), **changes)


INVALID = Outcome("ana", "a.ipynb", "invalid", "a.ipynb: is empty")
ERROR = Outcome("ana", "a.ipynb", "error", "the grader failed")


@pytest.mark.parametrize("before", [None, INVALID, ERROR])
@pytest.mark.parametrize("now", [graded(3.0), INVALID, ERROR])
def test_where_no_grade_was_recorded_the_new_outcome_is(before, now):
    settled = settle({} if before is None else {"ana": before}, [now], force=False)
    assert settled.final == {"ana": now}
    assert settled.changes == ()


def test_a_different_grade_is_only_taken_by_force():
    old, new = graded(3.0), graded(7.0)
    kept, forced = (settle({"ana": old}, [new], force=force) for force in (False, True))
    assert kept.final == {"ana": old}
    assert kept.fresh == frozenset()
    assert kept.notes == ("ana: the recorded 3 points stay; this run gives 7: --force replaces them",)
    assert forced.final == {"ana": new}
    assert forced.fresh == {"ana"}
    assert kept.changes == forced.changes == (("ana", 3.0, 7.0),)


def test_the_same_points_from_another_file_are_taken_quietly():
    new = graded(3.0, file="b.ipynb")
    settled = settle({"ana": graded(3.0)}, [new], force=False)
    assert settled.final == {"ana": new}
    assert settled.notes == ()


def test_an_unchanged_outcome_is_not_written_again():
    assert settle({"ana": graded(3.0)}, [graded(3.0)], force=True).fresh == frozenset()


@pytest.mark.parametrize("force", [False, True])
@pytest.mark.parametrize("now", [INVALID, ERROR])
def test_a_grade_never_gives_way_to_none(force, now):
    settled = settle({"ana": graded(3.0)}, [now], force=force)
    assert settled.final == {"ana": graded(3.0)}
    assert now.message in settled.notes[0]


def test_a_failure_of_the_grader_is_told_even_where_a_grade_stays():
    assert settle({"ana": graded(3.0)}, [ERROR], force=False).errors == ("ana",)


def test_those_who_are_not_in_this_run_stay():
    settled = settle({"bob": graded(1.0, "bob")}, [graded(3.0)], force=True)
    assert set(settled.final) == {"ana", "bob"}
