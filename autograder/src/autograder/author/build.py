"""From a lab's source to its notebooks: `build` writes them, `drift` compares those on disk."""

from __future__ import annotations

import os
from pathlib import Path

import nbformat
from nbformat.notebooknode import NotebookNode

from autograder.author.execute import execute, keep_outputs, show_pictures
from autograder.author.marks import SourceError, read_lab
from autograder.author.notebooks import assemble
from autograder.course import Course


def build(course: Course, lab: str, *, run: bool = True) -> list[Path]:
    """Write the solution notebook and the lab; return the paths written."""
    solution, release = assemble(course, read_lab(course, lab))
    _refuse_foreign(course.release(lab))
    if run:
        execute(course, solution)
    else:
        keep_outputs(read_notebook(course.solution(lab)), solution)
    show_pictures(solution, release)
    written = [course.solution(lab), course.release(lab)]
    for path, notebook in zip(written, (solution, release), strict=True):
        write_atomically(path, nbformat.writes(notebook) + "\n")
    return written


def _refuse_foreign(path: Path) -> None:
    """A lab that no build has written is somebody's work."""
    found = read_notebook(path)
    if found is not None and not found.metadata.get("effdl", {}).get("version"):
        raise SourceError(f"{path.name} was not written by a build: move it away, then build again")


def read_notebook(path: Path) -> NotebookNode | None:
    return nbformat.read(path, as_version=4) if path.exists() else None


def write_atomically(path: Path, text: str) -> None:
    """Write all of `text` or nothing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        part.write_text(text, encoding="utf-8")
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
