"""Answers in C: built as one text each, taken from the notebook as they stand, run where no student's Python runs."""

from autograder.prove import notebooks, trials
from autograder.prove.attack import attack
from autograder.prove.attacks.registry import verdicts
from autograder.prove.check import check


def earned(marked):
    return {each.exercise: each.earned for each in marked.exercises}


def test_the_solution_earns_everything_and_the_untouched_lab_nothing(lab, marker):
    solved = marker.mark(notebooks.solved(lab))
    assert earned(solved) == {"98.1": 60, "98.2": 40}
    assert not solved.joined
    blank = marker.mark(notebooks.blank(lab))
    assert earned(blank) == {"98.1": 0, "98.2": 0}
    assert {case.status for each in blank.exercises for case in each.cases} == {"missing"}


def test_the_grader_of_the_course_is_proven_right(course, monkeypatch):
    monkeypatch.setattr(trials, "public_functions", lambda package: [])
    proof = check(course, "lab98")
    assert (proof.problems, proof.survivors) == ([], [])
    assert proof.mutants >= 8


def test_attacks_in_c_end_as_their_verdicts_say(course):
    names = [name for name, verdict in verdicts().items() if verdict.language == "c"]
    assert len(names) > 20
    outcomes = list(attack(course, names, lab_name="lab98", workers=1, isolation="auto"))
    assert [outcome.verdict.name for outcome in outcomes] == names
    assert [outcome.line() for outcome in outcomes if outcome.problem] == []
