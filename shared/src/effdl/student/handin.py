"""The last cell of a lab: find its own notebook, see that it is saved, and write the file to hand in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import nbformat

from effdl.student import answers, here, progress, session, submit
from effdl.student.start import Refused
from effdl.student.validate import InvalidSubmission, read_submission

__all__ = ["from_cell", "unsaved"]

SAVE = "Save the notebook (Ctrl+S, or Cmd+S on a Mac), then run this cell again."


def from_cell(lab: str, student_id: str, file: str | Path | None = None) -> str:
    """Hand in as `effdl submit` does; what to tell the student, whatever came of it."""
    if not str(student_id).strip():
        return (
            "Nothing is written yet. Put your student id between the quotes, save the notebook and run this cell, "
            f"or run 'effdl submit {lab} --id YOUR_ID' in a terminal."
        )
    try:
        return _hand_in(lab, str(student_id), file)
    except (Refused, InvalidSubmission) as fault:
        return f"Not handed in: {fault}"


def _hand_in(lab: str, student: str, file: str | Path | None) -> str:
    submit.check_id(student)
    sent = None if file else here.from_colab(lab)
    path = sent or (Path(file) if file else here.own_notebook(lab))
    notebook, _ = read_submission(path)
    if sent is None:
        fault = unsaved(notebook, "" if file else session.running(), session.names())
        if fault:
            return f"Not handed in: {fault}"
    out = (Path.cwd() if sent else path.parent) / submit.FOLDER
    target = submit.hand_in(path, lab, student, out, replace=True)
    shown = target.relative_to(Path.cwd()) if target.is_relative_to(Path.cwd()) else target
    fetch = " Download it from the Files panel at the left." if sent else ""
    return "\n".join([*progress.missing(progress.look(path)), f"{shown} is ready: upload this file as it is.{fetch}"])


def unsaved(notebook: nbformat.NotebookNode, running: str, namespace: Mapping[str, Any]) -> str:
    """Why the file cannot be the notebook as it is now, "" if it may be.

    `running` is the text of the cell that asks: it has to stand in the file. So has each answer that the kernel holds.
    """
    sources = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    if running.strip() and running.strip() not in (source.strip() for source in sources):
        return f"the file does not hold this cell as it is now. {SAVE}"
    for name in _names(notebook):
        saved = answers.digest([name], sources)
        ran = answers.digest_of_objects([(name, namespace[name])]) if name in namespace else ""
        if ran and saved != ran:
            return f"the file holds another `{name}` than the one that ran last. Run the cell of `{name}`. {SAVE}"
    return ""


def _names(notebook: nbformat.NotebookNode) -> Iterable[str]:
    return [name for exercise in progress.exercises_of(notebook) for name in exercise.names]
