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
def colab_notebook(lab: Lab) -> NotebookNode:
    """As Colab writes it: its own metadata, no nbgrader marks, other cell ids."""
    notebook = solved(lab)
    kernel = {"name": "python3", "display_name": "Python 3"}
    about_lab = {"effdl": notebook.metadata.effdl, "kernelspec": kernel, "accelerator": "GPU"}
    notebook.metadata = nbformat.from_dict({"colab": {"provenance": []}, **about_lab})
    for i, cell in enumerate(notebook.cells):
        cell.metadata = nbformat.from_dict(
            {"id": f"A{i}bC", "colab": {"base_uri": "https://localhost:8080/"}, "outputId": "x"}
        )
        cell.id = f"colab-{i}"
    return notebook


@attack
def split_cells(lab: Lab) -> NotebookNode:
    """As VS Code may leave it: every code cell split in two at a top-level line."""
    notebook, cells = solved(lab), []
    for cell in notebook.cells:
        lines = cell.source.split("\n")
        cut = [i for i, line in enumerate(lines) if i and line.startswith(("import ", "from ", "def "))]
        if cell.cell_type == "code" and cut:
            rest = nbformat.v4.new_code_cell("\n".join(lines[cut[0] :]))
            cell.source = "\n".join(lines[: cut[0]])
            cells += [cell, rest]
        else:
            cells.append(cell)
    notebook.cells = cells
    return notebook
