"""Answers in C: built as one text each, taken from the notebook as they stand, run where no student's Python runs."""

from autograder.prove import notebooks


def earned(marked):
    return {each.exercise: each.earned for each in marked.exercises}


def test_the_solution_earns_everything_and_the_untouched_lab_nothing(lab, marker):
    assert earned(marker.mark(notebooks.solved(lab))) == {"98.1": 60, "98.2": 40}
    blank = marker.mark(notebooks.blank(lab))
    assert earned(blank) == {"98.1": 0, "98.2": 0}
    assert {case.status for each in blank.exercises for case in each.cases} == {"missing"}
