"""Honest submissions that look suspicious; each keeps all its points."""

from __future__ import annotations

import nbformat
from nbformat import NotebookNode

from autograder.lab import Lab
from autograder.prove.attacks.registry import attack
from autograder.prove.classroom import mangled, noisy
from autograder.prove.notebooks import about, blank, solution_answers, solved

attack(noisy)
attack(mangled)


@attack
def own_equality(lab: Lab) -> NotebookNode:
    return solved(lab, first="class Point:\n    def __eq__(self, other):\n        return True\n    __hash__ = None\n")


@attack
def system_imports(lab: Lab) -> NotebookNode:
    return solved(lab, first="import os, sys, subprocess, gc, inspect\nsys.setrecursionlimit(5000)\ngc.collect()")


@attack
def star_imports(lab: Lab) -> NotebookNode:
    return solved(
        lab, first="from random import *\nfrom math import *\nfrom os import *\nseed, show, raises, rand = 0, 1, 2, 3"
    )


@attack
def changed_defaults(lab: Lab) -> NotebookNode:
    code = """import numpy as np, torch
torch.set_default_dtype(torch.float64)
torch.set_grad_enabled(False)
torch.set_num_threads(2)
torch.manual_seed(7)
np.seterr(all="raise")
"""
    return solved(lab, last=code)


@attack
def closed_figure(lab: Lab) -> NotebookNode:
    return solved(lab, last="import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.close('all')\n%matplotlib inline")


@attack
def exits_at_the_end(lab: Lab) -> NotebookNode:
    return solved(lab, last="exit()")


@attack
def failing_scratch_cells(lab: Lab) -> NotebookNode:
    return solved(lab, first="1 / 0", last="def broken(:\n    pass")


@attack
def helpers_elsewhere(lab: Lab) -> NotebookNode:
    """The answers call a helper that stands in a cell of the student's own, at the very end."""
    notebook = solved(lab)
    helper = "def my_helper(x):\n    return x\n"
    for cell in notebook.cells:
        if about(cell).get("role") == "exercise":
            cell.source = cell.source.replace("### BEGIN SOLUTION", "my_helper(0)")
    notebook.cells.append(nbformat.v4.new_code_cell(helper))
    return notebook


@attack
def answers_moved(lab: Lab) -> NotebookNode:
    """All answers in one new cell at the end, the stubs left as they were."""
    notebook = blank(lab)
    notebook.cells.append(nbformat.v4.new_code_cell("\n\n".join(solution_answers(lab).values())))
    return notebook


@attack
def untouched_stub_below(lab: Lab) -> NotebookNode:
    """The answers stand near the top, the untouched stubs below them: a stub never overrides an answer."""
    notebook = blank(lab)
    setup = max(i for i, cell in enumerate(notebook.cells) if about(cell).get("role") == "setup")
    notebook.cells.insert(setup + 1, nbformat.v4.new_code_cell("\n\n".join(solution_answers(lab).values())))
    return notebook


@attack
def two_attempts(lab: Lab) -> NotebookNode:
    """A first try above the answer: the last definition counts."""
    tries = [f"def {name}(*args, **kwargs):\n    return None\n" for e in lab.exercises for name in e.names]
    return solved(lab, first="\n".join(tries))


@attack
def helpers_in_demos(lab: Lab) -> NotebookNode:
    """The answers need a helper that was written into a demonstration cell of the lab, which stays edited."""
    notebook = solved(lab)
    demo = next(cell for cell in notebook.cells if about(cell).get("role") in ("demo", "figure", "experiment"))
    demo.source += "\n\ndef my_helper(x):\n    return x\n"
    for cell in notebook.cells:
        if about(cell).get("role") == "exercise":
            cell.source = cell.source.replace("### BEGIN SOLUTION", "my_helper(0)") + "\n\nmy_helper(0)\n"
    return notebook


@attack
def returns_a_view(lab: Lab) -> NotebookNode:
    """The right values, as a view whose elements lie apart in memory."""
    notebook, (name, *_) = solved(lab), lab.exercises[0].names
    view = f"""
right_{name} = {name}
def {name}(*args, **kwargs):
    result = right_{name}(*args, **kwargs)
    return result.unsqueeze(-1).repeat_interleave(2, -1)[..., 0]
"""
    cell = next(cell for cell in notebook.cells if about(cell).get("role") == "exercise")
    cell.source += view
    return notebook
