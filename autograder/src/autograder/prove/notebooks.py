"""Make the notebooks that proofs, the demo and the benchmark hand in: a lab with these answers and those cells."""

from __future__ import annotations

import copy
from collections.abc import Mapping

import nbformat
from nbformat import NotebookNode

from autograder.lab import Lab


def blank(lab: Lab) -> NotebookNode:
    """The lab as students get it."""
    return nbformat.read(lab.release, as_version=4)


def solution_answers(lab: Lab) -> dict[str, str]:
    """Exercise id -> the text of its answer cell in the solution notebook."""
    notebook = nbformat.read(lab.solution, as_version=4)
    return {about(cell)["id"]: cell.source for cell in notebook.cells if about(cell).get("role") == "exercise"}


def handed_in(lab: Lab, answers: Mapping[str, str], *, first: str = "", last: str = "") -> NotebookNode:
    """A notebook with these answers (exercise id -> code); the other exercises stay blank.

    `first` and `last` are cells that the student added below the set-up and at the end.
    """
    notebook = copy.deepcopy(blank(lab))
    for cell in notebook.cells:
        if about(cell).get("role") == "exercise" and about(cell)["id"] in answers:
            cell.source = answers[about(cell)["id"]]
    if first:
        setup = max(i for i, cell in enumerate(notebook.cells) if about(cell).get("role") == "setup")
        notebook.cells.insert(setup + 1, nbformat.v4.new_code_cell(first))
    if last:
        notebook.cells.append(nbformat.v4.new_code_cell(last))
    return notebook


def solved(lab: Lab, **added: str) -> NotebookNode:
    """The lab with the solution's answers."""
    return handed_in(lab, solution_answers(lab), **added)


def solved_but(lab: Lab, answers: Mapping[str, str], **added: str) -> NotebookNode:
    """The lab with the solution's answers, but for these."""
    return handed_in(lab, {**solution_answers(lab), **answers}, **added)


def about(cell: NotebookNode) -> dict:
    """What the build wrote into a cell: its role and, where it has one, its exercise's id."""
    return cell.metadata.get("effdl", {})
