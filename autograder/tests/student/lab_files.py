"""The notebooks that a browser opens: a lab as students get it, and one with the solution's answers."""

from __future__ import annotations

import ast
from pathlib import Path

import nbformat
from autograder.author.marks import read_lab
from autograder.author.slips import wrong_functions
from autograder.course import Course
from autograder.grade.source import read_code
from autograder.lab import Exercise, Lab
from autograder.prove.answers import known_answers
from autograder.prove.notebooks import about, handed_in, solution_answers
from effdl.check import CheckFailed, check
from nbformat import NotebookNode

# cells of these roles are left out of a solved notebook unless another one needs what they compute
LONG = ("demo", "figure", "experiment")
FAULT = "the test stops here"
STOP_FILE = "stop"
STOPPER = f"if __import__('os').path.exists({STOP_FILE!r}): raise RuntimeError({FAULT!r})"


def released_labs(course: Course) -> list[str]:
    """The labs that students get, in order."""
    return [lab for lab in course.lab_names() if course.release(lab).exists()]


def write_solved(lab: Lab, path: Path) -> None:
    """The lab with the solution's answers, each of which raises as long as a file named "stop" lies beside it.

    Long cells are left out where nothing that stays needs them.
    """
    answers = {each: _stoppable(text) for each, text in solution_answers(lab).items()}
    notebook = handed_in(lab, answers)
    notebook.cells = _needed(notebook.cells)
    nbformat.write(notebook, path)


def named_slip(course: Course, lab: Lab, exercise: Exercise) -> tuple[str, str]:
    """The text of a wrong answer and its sentence, which the visible check says.

    Raises: LookupError if the check names no slip of this exercise
    """
    texts = {answer.says: answer.source for answer in known_answers(course, lab) if answer.exercise == exercise.id}
    for says, functions in wrong_functions(course, read_lab(course, lab.name))[exercise.id]:
        try:
            check(exercise.id, *(functions if isinstance(functions, tuple) else [functions]))
        except CheckFailed as problem:
            if says in str(problem):
                return texts[says], says
    raise LookupError(f"the visible check of exercise {exercise.id} names none of its slips")


def position(cells: list[NotebookNode], role: str, exercise: str) -> int:
    """Where the cell of a role and an exercise stands."""
    return next(
        i for i, cell in enumerate(cells) if (about(cell).get("role"), about(cell).get("id")) == (role, exercise)
    )


def _needed(cells: list[NotebookNode]) -> list[NotebookNode]:
    """Without the long cells that bind no name which a later cell that stays reads."""
    kept: list[NotebookNode] = []
    wanted: set[str] = set()
    for cell in reversed(cells):
        code = read_code(cell.source) if cell.cell_type == "code" else None
        if about(cell).get("role") not in LONG or (code and code.binds & wanted):
            kept.insert(0, cell)
            wanted |= code.reads if code else set()
    return kept


def without_docstrings(answer: str) -> str:
    """The same code, short enough to be typed: no docstrings, comments and blank lines."""
    tree = ast.parse(answer)
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and ast.get_docstring(node) is not None:
            del node.body[0]
    return "\n".join(filter(None, ast.unparse(tree).splitlines()))


def _stoppable(answer: str) -> str:
    tree = ast.parse(answer)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            node.body[:0] = ast.parse(STOPPER).body
    return ast.unparse(tree)
