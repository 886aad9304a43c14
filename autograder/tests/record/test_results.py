"""The results of a lab: written and read a student at a time, damage is said."""

from __future__ import annotations

import json
import tracemalloc
from dataclasses import replace

import pytest
from autograder.grade.collect import Skipped
from autograder.grade.files import OutputError
from autograder.grade.model import CaseResult, Event, ExerciseResult, Marked
from autograder.grade.outcome import Outcome
from autograder.grade.results import read_results, write_results

ABOUT = {"lab": "lab99", "title": 'A "tiny" lab \u2028', "version": "v", "max_score": 100.0}
CASES = 60


def outcome(student, detail="", status="graded"):
    """With as many cases as a real lab has; the first failed."""
    cases = [CaseResult("99.1", f"case {i}", 2.0, 2.0, "pass", f"hint {i}: " + "h" * 100) for i in range(CASES)]
    cases[0] = replace(cases[0], earned=0.0, status="mismatch", detail=detail)
    marked = Marked("lab99", "v", (ExerciseResult("99.1", "Scales", 2.0 * CASES, tuple(cases)),), (Event("kind", "x"),))
    return Outcome(student, f"{student}.ipynb", status, "", "a" * 64, "b" * 64, marked if status == "graded" else None)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "results" / "lab99.json"


OUTCOMES = [outcome("ana", "1 of 3\n]"), outcome("b\u2028ob", '"],'), outcome("cy", status="invalid")]
SKIPPED = [Skipped("x.txt", "is no notebook")]


def test_what_is_written_is_read_again(path):
    write_results(path, ABOUT, OUTCOMES, SKIPPED)
    found = read_results(path)
    assert found.about == ABOUT
    assert list(found.outcomes.items()) == [(each.student, each) for each in OUTCOMES]
    assert found.skipped == (("x.txt", "is no notebook"),)


def test_the_file_is_json_with_a_line_for_each_student(path):
    write_results(path, ABOUT, OUTCOMES, [])
    plain = json.loads(path.read_text(encoding="utf-8"))
    assert plain == ABOUT | {"submissions": [each.to_json() for each in OUTCOMES], "skipped": []}
    assert len(path.read_bytes().split(b"\n")) == len(OUTCOMES) + 3


@pytest.mark.parametrize("outcomes", [[], OUTCOMES])
def test_the_same_json_in_another_layout_is_read_too(path, outcomes):
    write_results(path, ABOUT, outcomes, SKIPPED)
    first = read_results(path)
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")), indent=2), encoding="utf-8")
    assert read_results(path) == first


@pytest.mark.parametrize("keep", [0, 40, 300, -3, -30])
def test_a_torn_file_is_damaged(path, keep):
    write_results(path, ABOUT, OUTCOMES, SKIPPED)
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(OutputError, match=r"lab99.json: is damaged"):
        read_results(path)


def test_what_students_have_in_common_is_held_once(path):
    write_results(path, ABOUT, (outcome(f"s{i}", f"{i} of 400 differ") for i in range(300)), [])
    read_results(path)
    tracemalloc.start()
    try:
        outcomes = read_results(path).outcomes
        held, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(outcomes) == 300
    # on disk a student takes 12 kB
    assert path.stat().st_size / 300 > 10_000
    assert held / 300 < 2_000
    assert (peak - held) / 300 < 1_000


def test_equal_cases_are_one_but_for_numbers_that_are_written_differently(path):
    whole, real = outcome("ana"), outcome("bob")
    case = replace(real.marked.exercises[0].cases[1], earned=2)
    real = replace(real, marked=replace(real.marked, exercises=(ExerciseResult("99.1", "Scales", 2.0, (case,)),)))
    write_results(path, ABOUT, [whole, real], [])
    before = path.read_bytes()
    found = read_results(path)
    write_results(path, ABOUT, found.outcomes.values(), [])
    assert path.read_bytes() == before
