"""Assemble the two notebooks of a lab, the solution and what students get, from its typed records."""

from __future__ import annotations

import hashlib
from typing import Any

from nbformat.notebooknode import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from autograder.author.hints import staged
from autograder.author.inline import blank, blank_text, inline
from autograder.author.marks import LabCell, LabSource, SourceError
from autograder.author.predict import blank_prediction
from autograder.course import Course
from autograder.lab import Exercise

KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
# what only a live kernel can show; readers of the file get the static twin
IGNORED_BY_NBVAL = ("widget",)


def assemble(course: Course, source: LabSource) -> tuple[NotebookNode, NotebookNode]:
    """The solution notebook and the lab, neither executed.

    Raises: SourceError if a reference or a prediction cannot be turned into a cell
    """
    texts = [_texts(course, source, cell) for cell in source.cells]
    ids = cell_ids(source)
    solution = [_cell(source, cell, text, i) for cell, (text, _), i in zip(source.cells, texts, ids, strict=True)]
    lab = [_cell(source, cell, text, i) for cell, (_, text), i in zip(source.cells, texts, ids, strict=True)]
    for cell in lab:
        _lock(cell)
    version = version_of(lab)
    return _notebook(source, solution, version), _notebook(source, lab, version)


def cell_ids(source: LabSource) -> list[str]:
    """One id a cell: a hash of what the author wrote, so that an edit elsewhere changes none of the others."""
    seen: dict[str, int] = {}
    ids = []
    for cell in source.cells:
        named = cell.role in ("exercise", "check", "manual")
        key = f"{source.name}/{cell.role}/{cell.id if named else cell.source}"
        seen[key] = seen.get(key, 0) + 1
        ids.append(hashlib.sha256(f"{key}/{seen[key]}".encode()).hexdigest()[:12])
    return ids


def version_of(cells: list[NotebookNode]) -> str:
    """The version of a lab: a hash over what students are given."""
    digest = hashlib.sha256()
    for cell in cells:
        digest.update(f"{cell.id}\0{cell.cell_type}\0{cell.source}\0".encode())
    return digest.hexdigest()[:12]


def _texts(course: Course, source: LabSource, cell: LabCell) -> tuple[str, str]:
    """The text of a cell in the solution and in the lab."""
    try:
        if cell.role == "exercise":
            text = inline(course, source.exercise(cell.id).source)
            return text, blank(text)
        if cell.role == "manual":
            return cell.source, blank_text(cell.source)
        if cell.role == "predict":
            return cell.source, blank_prediction(cell.source)
    except ValueError as problem:
        raise SourceError(f"{source.stem}.py: {cell.where}: {problem}") from problem
    text = staged(cell.source) if cell.kind == "markdown" else cell.source
    return text, text


def _cell(source: LabSource, cell: LabCell, text: str, cell_id: str) -> NotebookNode:
    about: dict[str, Any] = {"role": cell.role}
    metadata: dict[str, Any] = {"effdl": about}
    if cell.id:
        about["id"] = cell.id
    tags = list(cell.tags)
    if cell.role in IGNORED_BY_NBVAL and "nbval-ignore-output" not in tags:
        tags.append("nbval-ignore-output")
    if tags:
        metadata["tags"] = tags
    graded = _nbgrader(source, cell)
    if graded:
        metadata["nbgrader"] = graded
    new = new_code_cell if cell.kind == "code" else new_markdown_cell
    return new(source=text, id=cell_id, metadata=metadata)


def _nbgrader(source: LabSource, cell: LabCell) -> dict[str, Any]:
    """nbgrader's own metadata, of the cells that it has to know."""
    if cell.role == "exercise":
        return _schema(cell, source.exercise(cell.id).grade_id, solution=True)
    if cell.role == "check":
        exercise = source.exercise(cell.id)
        return _schema(cell, exercise.check_id, points=exercise.points, locked=True)
    if cell.role == "manual":
        grade_id = f"{source.name}-{cell.id.split('.')[1].lower()}"
        return _schema(cell, grade_id, points=cell.points, solution=True)
    return {}


def _schema(
    cell: LabCell, grade_id: str, *, points: float | None = None, solution: bool = False, locked: bool = False
) -> dict[str, Any]:
    graded = {} if points is None else {"points": int(points) if points == int(points) else points}
    flags = {"grade": points is not None, "solution": solution, "locked": locked, "task": False}
    return {"schema_version": 3, "grade_id": grade_id, "cell_type": cell.kind, **flags, **graded}


def _lock(cell: NotebookNode) -> None:
    """What nbgrader's LockCells does: a check cannot be edited, an answer cell cannot be deleted."""
    graded = cell.metadata.get("nbgrader")
    if graded:
        cell.metadata["deletable"] = False
    if graded and graded["locked"]:
        cell.metadata["editable"] = False


def _notebook(source: LabSource, cells: list[NotebookNode], version: str) -> NotebookNode:
    for cell in cells:
        cell.metadata["effdl"]["lab_version"] = version
    about = {
        "lab": source.name,
        "title": source.title,
        "version": version,
        "exercises": [Exercise.to_metadata(exercise) for exercise in source.exercises],
    }
    metadata = {"effdl": about, "kernelspec": KERNEL, "language_info": {"name": "python"}}
    notebook = new_notebook(cells=cells, metadata=metadata)
    notebook.nbformat_minor = 5
    return notebook
