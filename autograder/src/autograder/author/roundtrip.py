"""The way back: from a solution notebook to the percent script that it was built from."""

from __future__ import annotations

from typing import Any

import jupytext
from nbformat.notebooknode import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from autograder.author.hints import flat
from autograder.author.marks import CLOSING, LabCell, LabSource, understand
from autograder.lab import Exercise
from autograder.percent import cells_of

ROLES_AS_MARKS = ("setup", "figure", "widget", "experiment")


def to_source(solution: NotebookNode) -> str:
    """The percent script of a built solution notebook, its references taken out again.

    Building the script gives the same notebook; what differs from the author's own spelling is the order of the marks.
    """
    exercises = {entry["id"]: Exercise.from_metadata(dict(entry)) for entry in solution.metadata.effdl.exercises}
    cells = []
    for cell in solution.cells:
        if cell.metadata.effdl.role == CLOSING:
            continue
        new = new_code_cell if cell.cell_type == "code" else new_markdown_cell
        marks = _marks(cell, exercises)
        text = flat(cell.source) if cell.cell_type == "markdown" else cell.source
        source = f"# {marks['source']} goes here" if "exercise" in marks else text
        cells.append(new(source=source, metadata=marks))
    bare = new_notebook(cells=cells, metadata={"jupytext": {"notebook_metadata_filter": "-all"}})
    return jupytext.writes(bare, fmt="py:percent")


def returns(source: LabSource, solution: NotebookNode) -> list[str]:
    """What would be lost on the way from the source to its notebook and back, one line each."""
    back = understand(cells_of(to_source(solution)), source.name, source.stem)
    lost = [
        f"{cell.where} does not come back from the notebook as it is"
        for cell, again in zip(source.own_cells, back.cells, strict=False)
        if _essence(cell) != _essence(again)
    ]
    same = len(source.own_cells) == len(back.cells) and source.exercises == back.exercises
    return lost if same or lost else ["the notebook has other cells or exercises than the source"]


def _essence(cell: LabCell) -> tuple[Any, ...]:
    """What of a cell has to survive; the text of an exercise cell stands in its module."""
    text = "" if cell.role == "exercise" else cell.source
    return cell.kind, cell.role, cell.id, cell.points, cell.tags, text


def _marks(cell: NotebookNode, exercises: dict[str, Exercise]) -> dict[str, Any]:
    about = cell.metadata.effdl
    marks: dict[str, Any] = {}
    if about.role in ROLES_AS_MARKS:
        marks["role"] = about.role
    elif about.role in ("exercise", "check", "predict", "manual"):
        marks[about.role] = about.id
    if about.role == "exercise":
        exercise = exercises[about.id]
        marks |= {"source": exercise.source, "points": _plain(exercise.points), "minutes": exercise.minutes}
        marks |= {"difficulty": exercise.difficulty}
        marks |= {"forbid": ",".join(exercise.forbid)} if exercise.forbid else {}
    if about.role == "manual":
        marks["points"] = cell.metadata.nbgrader.points
    tags = [tag for tag in cell.metadata.get("tags", ()) if about.role != "widget" or tag != "nbval-ignore-output"]
    return marks | ({"tags": tags} if tags else {})


def _plain(points: float) -> float:
    return int(points) if points == int(points) else points
