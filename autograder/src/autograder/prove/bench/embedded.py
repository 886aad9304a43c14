"""An assignment with the lab's hidden cases for graders that run them in the student's kernel.

The same cells with the same inputs, and beside each what the solution shows, as instructors write tests for nbgrader
and otter-grader. The values are worked out by our grader, in its sandbox.
"""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder.course import Course
from autograder.grade import cases
from autograder.grade.marking import Marker, open_lab_sandbox
from autograder.lab import Exercise, Lab
from autograder.prove.notebooks import about

SEED = 11
NAME = "hidden_cases"
HERE = Path(__file__).parent
NBGRADER_CELL = """### BEGIN HIDDEN TESTS
import {module}
{module}.points({exercise!r}, globals())
### END HIDDEN TESTS"""
OTTER_CASE = """
@test_case(name={name!r}, points={points!r}, hidden=True)
def test_{number}(env):
    import {module}
    assert {module}.verdict({id!r}, env)
"""


def module(course: Course, lab: Lab) -> str:
    """The text of the module that holds the cases and the solution's values.

    Raises: GraderFault if the solution fails a case; IsolationUnavailable
    """
    sandbox = open_lab_sandbox(course, lab, fork_server=False)
    try:
        expected = Marker(lab, sandbox, SEED).expected
    finally:
        sandbox.close()
    found = {
        case.id: {
            "exercise": case.exercise,
            "points": case.points,
            "seed": cases.case_seed(SEED, lab.name, case),
            "code": f"{lab.hidden.setup}\n{case.code}",
            "judge": case.judge,
            "rtol": case.rtol,
            "dtype": case.dtype,
            "expected": expected[case.id],
        }
        for case in lab.hidden.cases
    }
    showing = Path(cases.__file__).with_name("showing.py").read_text(encoding="utf-8")
    running = (HERE / "in_kernel.py").read_text(encoding="utf-8")
    judges = f"{lab.hidden.judges}\nJUDGES = globals()\n"
    return f"{showing}\n{running}\n{judges}\nimport json\nCASES = json.loads({json.dumps(found)!r})\n"


def otter_test(lab: Lab, exercise: Exercise) -> str:
    """The test file of one exercise."""
    head = f"from otter.test_files import test_case\n\nOK_FORMAT = False\nname = {exercise.grade_id!r}\npoints = None\n"
    found = enumerate(lab.hidden.of(exercise.id))
    return head + "".join(
        OTTER_CASE.format(name=case.name, points=case.points, number=number, module=NAME, id=case.id)
        for number, case in found
    )


def with_cases(notebook: NotebookNode, *, alone: bool) -> NotebookNode:
    """Append an exercise's hidden cases to its check cell, or let them stand there `alone`."""
    for cell in notebook.cells:
        if about(cell).get("role") == "check":
            hidden = NBGRADER_CELL.format(module=NAME, exercise=about(cell)["id"])
            cell.source = hidden if alone else f"{cell.source}\n{hidden}"
    return notebook


def abridged(notebook: NotebookNode, roles: tuple[str, ...]) -> NotebookNode:
    """Only the set-up, the answers, the student's own cells and what else is named: what our grader runs too."""
    kept = ("setup", "exercise", *roles)
    cells = [c for c in notebook.cells if c.cell_type == "code" and about(c).get("role", "setup") in kept]
    return nbformat.from_dict({**notebook, "cells": cells})
