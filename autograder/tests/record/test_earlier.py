"""Marks put together from earlier ones are those that marking everything again would give, whatever changed."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace

import pytest
from autograder.grade import fingerprint
from autograder.grade.earlier import Earlier
from autograder.grade.fingerprint import Keys, judge_code
from autograder.grade.model import CaseResult, Event, ExerciseResult, Marked, earned
from autograder.grade.outcome import Outcome
from hypothesis import given, settings
from hypothesis import strategies as st

JUDGES = """
LIMIT = 0.5

def close(got, ref):
    return helper(got) < LIMIT

def helper(got):
    return got

def other(got, ref):
    return 1.0
"""
CHANGES = ("points", "hint", "code", "name", "rtol", "judge", "judges", "set-up", "drop", "swap", "nothing")


@pytest.fixture(autouse=True)
def _small_common(monkeypatch):
    """The files that all exercises depend on do not change here: they are not read each time."""
    monkeypatch.setattr(fingerprint, "_common", lambda course, lab: (lab.hidden.setup,))


def fake_marks(lab, notebook, only=()):
    """What a marker would give: decided by all that a case runs on, and by the others' cases where they are joined."""
    joined = "joined" in notebook
    others = repr([(case.name, case.code) for case in lab.hidden.cases]) if joined else ""
    chosen = [each for each in lab.exercises if joined or not only or each.id in only]
    events = [Event("restored", notebook)]
    results = []
    for exercise in chosen:
        cases = tuple(fake_case(lab, case, notebook + others) for case in lab.hidden.of(exercise.id))
        results.append(
            ExerciseResult(exercise.id, exercise.title, exercise.points, cases, f"note of {cases[0].status}")
        )
        events += [Event("timeout", case.case, exercise.id) for case in cases if case.share == 0]
    return Marked(lab.name, lab.version, tuple(results), tuple(events), joined), len(chosen)


def fake_case(lab, case, notebook):
    judge = judge_code(lab.hidden.judges, case.judge) if case.judge else ""
    ran = repr((lab.hidden.setup, case.name, case.code, case.rtol, case.dtype, judge, notebook))
    share = int(hashlib.sha256(ran.encode()).hexdigest(), 16) % 4 / 3
    status = "pass" if share == 1 else "partial" if share else "mismatch"
    about = (case.exercise, case.name, case.points, earned(case.points, share), status, case.hint)
    return CaseResult(*about, f"saw {ran}", share)


def changed(lab, what, number):
    """The lab with one thing changed in the hidden case of a number."""
    cases = list(lab.hidden.cases)
    i = number % len(cases)
    case, hidden = cases[i], lab.hidden
    if what in ("set-up", "judges"):
        key, text = (
            ("setup", f"{hidden.setup}\n# {number}") if what == "set-up" else ("judges", JUDGES + f"\nX = {number}")
        )
        return replace(lab, hidden=replace(hidden, **{key: text}))
    if what == "drop" and len(hidden.of(case.exercise)) > 1:
        del cases[i]
    elif what == "swap":
        j = next(k for k, each in enumerate(cases) if each.exercise == case.exercise)
        cases[i], cases[j] = cases[j], cases[i]
    elif what in ("points", "hint", "code", "name", "rtol", "judge"):
        values = {"points": 1.0 + number / 7, "rtol": number / 100, "judge": ("", "close", "other")[number % 3]}
        cases[i] = replace(case, **{what: values.get(what, f"{getattr(case, what)} {number}")})
    return replace(lab, hidden=replace(hidden, cases=tuple(cases)))


def regrade(course, lab, earlier_outcomes, notebooks):
    """As a run does it: the marks by notebook, and how many exercises were run for them."""
    keys = Keys(course, lab, 7)
    earlier, marks, ran = Earlier(lab, keys, earlier_outcomes), {}, 0
    for notebook in notebooks:
        found = earlier.find(notebook)
        if found is None:
            fresh, count = fake_marks(lab, notebook, earlier.missing(notebook))
            found, ran = earlier.complete(notebook, fresh), ran + count
        marks[notebook] = found
    return [Outcome(n, n, "graded", "", n, keys.whole(n), marked) for n, marked in marks.items()], ran


def as_bytes(outcomes):
    return json.dumps([outcome.to_json() for outcome in outcomes])


NOTEBOOKS = ("one", "two", "joined")


@settings(max_examples=150, deadline=None)
@given(steps=st.lists(st.tuples(st.sampled_from(CHANGES), st.integers(0, 40)), min_size=1, max_size=4))
def test_whatever_changes_a_regrade_is_to_the_byte_what_marking_from_scratch_gives(course, lab, steps):
    lab = replace(lab, hidden=replace(lab.hidden, judges=JUDGES))
    known, _ = regrade(course, lab, [], NOTEBOOKS)
    for what, number in steps:
        lab = changed(lab, what, number)
        known, _ = regrade(course, lab, known, NOTEBOOKS)
        scratch, _ = regrade(course, lab, [], NOTEBOOKS)
        assert as_bytes(known) == as_bytes(scratch)


@pytest.mark.parametrize(
    ("what", "ran"),
    [("nothing", 0), ("points", 0), ("hint", 0), ("code", 2 + 3), ("rtol", 2 + 3), ("judge", 2 + 3), ("set-up", 9)],
)
def test_only_exercises_that_a_change_touches_are_run(what, ran, course, lab):
    # two notebooks whose exercises stand alone, one in which each depends on the tests of all three
    lab = replace(lab, hidden=replace(lab.hidden, judges=JUDGES))
    known, first = regrade(course, lab, [], NOTEBOOKS)
    assert first == 9
    assert regrade(course, changed(lab, what, 1), known, NOTEBOOKS)[1] == ran


def test_another_submission_is_run_whole(course, lab):
    known, _ = regrade(course, lab, [], NOTEBOOKS)
    assert regrade(course, lab, known, (*NOTEBOOKS, "three"))[1] == 3


def test_a_judge_is_its_function_with_all_that_it_names():
    assert [code.split("(")[0] for code in judge_code(JUDGES, "close")] == ["LIMIT = 0.5", "def close", "def helper"]
    assert judge_code(JUDGES, "other") == judge_code(JUDGES.replace("return got\n", "return -got\n"), "other")
    assert judge_code(JUDGES, "close") != judge_code(JUDGES.replace("return got\n", "return -got\n"), "close")
    assert judge_code(JUDGES, "close") == judge_code("# a remark\n" + JUDGES, "close")
