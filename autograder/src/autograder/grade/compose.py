"""Put an autograded notebook together: the lab's own cells, the student's answers and cells, the scores as outputs.

It is what formgrader shows and what nbgrader's `generate_feedback` reads. A check cell's first output is its score,
which nbgrader takes for partial credit. Nothing in it was written by a kernel, and no output or markup of the student's
is kept.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator

from effdl.student.validate import defined_names
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from autograder.grade.model import ExerciseResult, Marked
from autograder.grade.words import lines
from autograder.lab import Lab

Answers = dict[str, NotebookNode]
Extras = dict[str, list[NotebookNode]]


def autograded(lab: Lab, release: NotebookNode, submitted: NotebookNode, marked: Marked) -> NotebookNode:
    """The notebook that is recorded as `autograded/`; `release` carries nbgrader's checksums."""
    answers, extras = _place(lab, release, submitted)
    results = {result.exercise: result for result in marked.exercises}
    checks = {exercise.check_id: results[exercise.id] for exercise in lab.exercises}
    notebook = new_notebook(metadata=copy.deepcopy(release.metadata), cells=extras.get("", []))
    notebook.nbformat_minor = release.nbformat_minor
    for cell in release.cells:
        notebook.cells += [_released(cell, answers.get(cell.id), checks), *extras.get(cell.id, [])]
    for position, cell in enumerate(notebook.cells):
        cell.id = f"{position:04d}-{cell.id}"[:64]
    return notebook


def _place(lab: Lab, release: NotebookNode, submitted: NotebookNode) -> tuple[Answers, Extras]:
    """The submitted cell for each released one, and the others by the released cell that they follow."""
    finder = _Finder(lab, release)
    answers: Answers = {}
    extras: Extras = {}
    after = ""
    for cell in submitted.cells:
        found = finder.find(cell)
        if found is not None and found.id not in answers and found.cell_type == cell.cell_type:
            answers[found.id] = cell
            after = found.id
        if found is None or answers.get(found.id) is not cell or _lost(found, cell):
            extras.setdefault(after, []).append(_own(cell))
    return answers, extras


def _lost(released: NotebookNode, cell: NotebookNode) -> bool:
    """Whether a student's edit of `released` would not be seen, because it is put back."""
    return released.source.strip() != cell.source.strip() and not _editable(released)


def _editable(released: NotebookNode) -> bool:
    graded = released.metadata.get("nbgrader", {})
    return graded.get("solution", False) or (released.cell_type == "code" and not graded.get("grade", False))


class _Finder:
    """Finds the released cell that a submitted one stands for: by grade id, id, text, or the function it defines."""

    def __init__(self, lab: Lab, release: NotebookNode) -> None:
        self.by_id = {cell.id: cell for cell in release.cells}
        self.by_text = {(cell.cell_type, cell.source.strip()): cell for cell in release.cells}
        graded = [cell for cell in release.cells if "nbgrader" in cell.metadata]
        self.by_grade = {cell.metadata.nbgrader.grade_id: cell for cell in graded}
        owners = {exercise.grade_id: exercise.names for exercise in lab.exercises}
        self.by_name = {name: self.by_grade.get(grade_id) for grade_id, names in owners.items() for name in names}

    def find(self, cell: NotebookNode) -> NotebookNode | None:
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
        if isinstance(grade_id, str) and grade_id in self.by_grade:
            return self.by_grade[grade_id]
        found = self.by_id.get(cell.id) or self.by_text.get((cell.cell_type, cell.source.strip()))
        if found is None and cell.cell_type == "code":
            names = sorted(defined_names(new_notebook(cells=[cell])) & set(self.by_name))
            found = self.by_name[names[0]] if names else None
        return found


def _released(cell: NotebookNode, answer: NotebookNode | None, checks: dict[str, ExerciseResult]) -> NotebookNode:
    cell = copy.deepcopy(cell)
    if cell.cell_type == "code":
        cell.outputs, cell.execution_count = [], None
    if answer is not None and _editable(cell):
        cell.source = _text(answer) if answer.source.strip() != cell.source.strip() else cell.source
    result = checks.get(cell.metadata.get("nbgrader", {}).get("grade_id", ""))
    if result is not None:
        cell.outputs = list(_score(result))
    return cell


def _score(result: ExerciseResult) -> Iterator[NotebookNode]:
    yield new_output("execute_result", {"text/plain": repr(credit(result))}, execution_count=None)
    yield new_output("display_data", {"text/plain": "\n".join(lines(result))})


def credit(result: ExerciseResult) -> float:
    """The score as nbgrader takes it: not below 0, not above the cell's points."""
    return float(round(min(max(result.earned, 0.0), result.points), 6))


def _own(cell: NotebookNode) -> NotebookNode:
    """A student's own cell, without outputs and metadata; raw cells, which nbconvert passes through, become text."""
    new = new_code_cell if cell.cell_type == "code" else new_markdown_cell
    return new(_text(cell), id=cell.id, metadata={"effdl": {"role": "student"}})


def _text(cell: NotebookNode) -> str:
    """The source; in text, raw HTML is made visible and links and pictures, which may run or load, are undone."""
    if cell.cell_type == "code":
        return cell.source
    return cell.source.replace("<", "&lt;").replace("](", "] (").replace("]:", "] :")
