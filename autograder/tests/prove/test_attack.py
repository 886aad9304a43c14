"""What an attack got is told: points, leaks into what students read, live markup, harm to the class."""

from __future__ import annotations

from dataclasses import replace

import pytest
from autograder.course import Course, find_course
from autograder.grade.model import CaseResult, Event, ExerciseResult, Marked
from autograder.lab import load_lab
from autograder.prove.attack import attack, judge
from autograder.prove.attacks.leaks import Hidden, hidden_of, leaks, live
from autograder.prove.attacks.registry import Verdict
from autograder.sandbox.api import IsolationUnavailable

MINICOURSE = find_course().root / "autograder" / "tests" / "minicourse"
EVE = Verdict("eve", (1,), "tries it")
ALL, NOTHING = (1.0, 1.0, 1.0), (0.0, 1.0, 1.0)


@pytest.fixture(scope="module")
def course():
    return Course(MINICOURSE)


@pytest.fixture(scope="module")
def lab(course):
    return load_lab(course, "lab99")


@pytest.fixture(scope="module")
def hidden(lab):
    shown = [{"kind": "array", "dtype": "float32", "shape": [2], "values": [0.123456, -2.0]}]
    return hidden_of(lab, {"99.1: random rows": shown})


@pytest.fixture
def marked(lab):
    """Makes a record in which the exercises earned these shares."""

    def make(shares, *, hint="try a row of zeros", detail="", note="", events=()):
        exercises = []
        for exercise, share in zip(lab.exercises, shares, strict=True):
            status = "pass" if share == 1 else "mismatch"
            case = CaseResult(exercise.id, "x", exercise.points, share * exercise.points, status, hint, detail)
            exercises.append(ExerciseResult(exercise.id, exercise.title, exercise.points, (case,), note))
        return Marked(lab.name, lab.version, tuple(exercises), events)

    return make


def problem(verdict, lab, marked, hidden):
    return judge(verdict, lab, marked, hidden).problem


def test_an_attack_that_earns_nothing_ends_as_it_should(lab, marked, hidden):
    assert problem(EVE, lab, marked(NOTHING), hidden) == ""


@pytest.mark.parametrize(
    ("verdict", "shares", "complaint"),
    [
        (EVE, ALL, "the attacked exercise earned 100%, none was due"),
        (EVE, (0.0, 1.0, 0.0), "the other exercises earned 50%, full was due"),
        (replace(EVE, target="full"), NOTHING, "the attacked exercise earned 0%, full was due"),
        (replace(EVE, others="none"), NOTHING, "the other exercises earned 100%, none was due"),
    ],
)
def test_points_that_were_not_due_are_a_problem(verdict, shares, complaint, lab, marked, hidden):
    assert problem(verdict, lab, marked(shares), hidden) == complaint


def test_an_attack_that_should_be_reported_and_is_not_is_a_problem(lab, marked, hidden):
    told = replace(EVE, reports=("timeout", "died"))
    assert "none of ('timeout', 'died') was reported" in problem(told, lab, marked(NOTHING), hidden)
    assert problem(told, lab, marked(NOTHING, events=(Event("died", "x"),)), hidden) == ""


@pytest.mark.parametrize(
    "leak",
    [
        "scores = (rand(60) * 5).floor()",
        "zero_row = torch.zeros(1, 6)",
        "double precision",
        "got 0.1234561",
        "LEAKED 3",
    ],
)
def test_what_is_hidden_and_comes_back_is_a_problem(leak, lab, marked, hidden):
    assert "comes back" in problem(EVE, lab, marked(NOTHING, note=f"it says: {leak}"), hidden)


def test_what_a_comparison_saw_must_stay_with_the_assistants(lab, marked, hidden):
    detail = "value 1: expected 3, got 4"
    assert problem(EVE, lab, marked(NOTHING, detail=detail), hidden) == ""
    assert "comes back" in problem(EVE, lab, marked(NOTHING, detail=detail, hint=detail), hidden)


def test_what_students_may_read_anyway_is_no_secret(lab, hidden):
    assert hidden.numbers == {"0.1234", "2.0000"}
    assert not any(case.hint in hidden.texts for case in lab.hidden.cases)
    assert leaks("7.5 of 10 points, a row of zeros gets scale 1, random", hidden) == []
    assert leaks("0.99999", Hidden(frozenset(), frozenset({"1.0000"}))) == []


@pytest.mark.parametrize(
    "page",
    [
        "<script>x('SCRIPTED')</script>",
        "<img src=x onerror=SCRIPTED>",
        "<a href='javascript:SCRIPTED'>x</a>",
        "<svg onload=SCRIPTED></svg>",
    ],
)
def test_live_markup_is_found(page):
    assert live(page)
    assert not live(page.replace("<", "&lt;"))
    assert not live("<script>own()</script><p title='SCRIPTED'>SCRIPTED</p>")


def test_an_unknown_attack_is_an_error_that_lists_the_known_ones(course):
    with pytest.raises(ValueError, match=r"no attack is called \['typo'\]; there are: always_equal"):
        next(attack(course, ["typo"]))


def test_a_notebook_and_a_class_are_attacked_for_real(course):
    names = ["always_equal", "found_behind", "links", "formula_ids", "live_notebook", "loud_student"]
    try:
        outcomes = {outcome.verdict.name: outcome for outcome in attack(course, names, workers=1)}
    except IsolationUnavailable as problem:
        pytest.skip(f"hostile code runs only where it is confined: {problem}")
    assert set(outcomes) == {*names, "honest_student"}
    assert [outcome.line() for outcome in outcomes.values() if outcome.problem] == []
