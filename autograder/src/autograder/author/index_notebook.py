"""The index as a notebook, `labs/index.ipynb`: what labs there are, how to begin one, how far each one is."""

from __future__ import annotations

import hashlib
from pathlib import Path

from nbformat.notebooknode import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from autograder.author.index import lab_facts
from autograder.author.marks import LabSource, read_lab
from autograder.author.notebooks import KERNEL
from autograder.course import Course

TITLE = """# Efficient Deep Learning Labs
Each lab is a notebook of its own. The next cell copies one into your folder, never overwriting; the links below open
those that are there."""
BEGIN = """from effdl.student import begin

begin("{first}")"""
PROGRESS = """## How far you are
The cell reads the saved notebooks in your folder: which exercises are written, which visible checks have passed, and
the points behind them. Save a lab before you look. To hand one in, run the last cell of the lab."""
OVERVIEW = """from effdl.student import overview

overview()"""
HEAD = "| lab | the question it answers | minutes | points | before it |\n|---|---|---|---|---|\n"


def notebook_path(course: Course) -> Path:
    """Where it stands: beside the labs, so that its links work in a copy of them, too."""
    return course.labs / "index.ipynb"


def notebook(course: Course) -> NotebookNode:
    """The notebook; its cells are not run."""
    labs = [read_lab(course, name) for name in course.lab_names()]
    texts = (
        (new_markdown_cell, TITLE),
        (new_code_cell, BEGIN.format(first=labs[0].name if labs else "lab01")),
        (new_markdown_cell, "## The labs\n" + HEAD + "\n".join(map(_row, labs))),
        (new_markdown_cell, PROGRESS),
        (new_code_cell, OVERVIEW),
    )
    cells = [
        new(text, id=hashlib.sha256(f"index/{n}".encode()).hexdigest()[:12]) for n, (new, text) in enumerate(texts)
    ]
    made = new_notebook(cells=cells, metadata={"kernelspec": KERNEL, "language_info": {"name": "python"}})
    made.nbformat_minor = 5
    return made


def _row(source: LabSource) -> str:
    return f"| {' | '.join(lab_facts(source))} |"
