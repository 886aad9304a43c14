"""What a rule looks at and what it says."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from IPython.core.inputtransformer2 import TransformerManager
from nbformat.notebooknode import NotebookNode

from autograder.author.marks import LabCell, LabSource
from autograder.course import Course
from autograder.lab import Exercise, HiddenTests


@dataclass(frozen=True)
class Problem:
    """One broken rule: where, what is wrong, and how to mend it."""

    file: str
    where: str
    wrong: str
    mend: str

    def __str__(self) -> str:
        place = f"{self.file}: {self.where}" if self.where else self.file
        return f"{place}: {self.wrong}; {self.mend}"


@dataclass(frozen=True)
class Statement:
    """What an exercise asks for: the cell and the line of its heading, and all of its text."""

    cell: LabCell
    heading: str
    text: str


@dataclass(frozen=True)
class Draft:
    """A lab before it goes out: its source, both notebooks (the outputs are those on disk) and its hidden tests."""

    course: Course
    source: LabSource
    solution: NotebookNode
    release: NotebookNode
    hidden: HiddenTests | None

    @property
    def file(self) -> str:
        """The lab source's name, as messages give it."""
        return f"{self.source.stem}.py"

    def problem(self, cell: LabCell | str, wrong: str, mend: str) -> Problem:
        """A problem of this lab: at a cell, at another named place, or ("") of the lab as a whole."""
        return Problem(self.file, cell.where if isinstance(cell, LabCell) else cell, wrong, mend)

    @cached_property
    def exercise_names(self) -> frozenset[str]:
        """Every name that belongs to the student."""
        return frozenset(name for exercise in self.source.exercises for name in exercise.names)

    def text_of(self, cell: LabCell) -> str:
        """A cell as the solution notebook has it: an exercise with its reference."""
        return self.solution.cells[cell.number - 1].source

    def cells(self, *roles: str) -> Iterator[LabCell]:
        """The cells of these roles, in order."""
        return (cell for cell in self.source.cells if cell.role in roles)

    def statement(self, exercise: Exercise) -> Statement | None:
        """The text of an exercise, from its heading to its check; None if there is no heading of its id."""
        heading, texts = None, []
        for cell in self.source.cells:
            text = cell.source if cell.kind == "markdown" else ""
            found = re.search(rf"^### Exercise {re.escape(exercise.id)} .*", text, re.MULTILINE)
            if found:
                heading, text = Statement(cell, found[0], ""), text[found.start() :]
            if heading and text:
                texts.append(text)
            if heading and cell.role == "check" and cell.id == exercise.id:
                break
        return replace(heading, text="\n\n".join(texts)) if heading else None


def parse(text: str) -> ast.Module | None:
    """The syntax tree of a code cell, its magics turned into calls first; None if it has a syntax error."""
    try:
        return ast.parse(TransformerManager().transform_cell(text))
    except SyntaxError:
        return None


def bound_names(tree: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    """Every name that running a cell binds at its top level, loops, imports and `del` included."""
    for node in _same_scope(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield node.name, node
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            yield from ((alias.asname or alias.name.split(".")[0], node) for alias in node.names)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, (ast.Store, ast.Del)):
            yield node.id, node


def read_names(tree: ast.AST) -> set[str]:
    """Every name that the code reads, function bodies included."""
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}


def _same_scope(tree: ast.AST) -> Iterator[ast.AST]:
    """The nodes below `tree` that belong to its own scope."""
    for node in ast.iter_child_nodes(tree):
        yield node
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, ast.GeneratorExp)):
            yield from _same_scope(node)
