"""The lab as it was released: what every submission is held against."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from autograder.grade.source import DEFINITIONS, Code, Unreadable, definitions, read_code
from autograder.lab import Lab

CLOSING = "closing"  # the cells at the end of a lab, which help to hand it in
# an edited cell of these roles counts as the student's in full; of all others only its definitions do
OWN_ROLES = ("", "exercise", "predict", "setup")
# no answer is held up for want of what a cell of these roles binds
NEVER_NEEDED = ("setup", "exercise", "experiment", "check", CLOSING)
MARKS = ("grade_id", "points", "grade", "solution", "locked")


@dataclass(frozen=True)
class Given:
    """A code cell of the released lab. `position` is its place among the lab's cells, `marks` are nbgrader's on it."""

    position: int
    id: str
    role: str
    source: str
    binds: frozenset[str] = frozenset()
    reads: frozenset[str] = frozenset()
    marks: tuple[Any, ...] = ()

    @property
    def may_be_needed(self) -> bool:
        return self.role not in NEVER_NEEDED


class Original:
    """The code cells of a released lab, to be found by id or by text, and the stubs of its exercises."""

    def __init__(self, lab: Lab, notebook: dict[str, Any]) -> None:
        self.lab = lab
        self.cells = [_given(i, cell) for i, cell in enumerate(notebook["cells"]) if cell["cell_type"] == "code"]
        self.by_id = {cell.id: cell for cell in self.cells}
        self.by_text = {plain(cell.source): cell for cell in self.cells}
        self.setup = tuple(cell for cell in self.cells if cell.role == "setup")
        self.owner = {name: exercise.id for exercise in lab.exercises for name in exercise.names}
        self.in_c = {name: each.id for each in lab.exercises for name in each.names if each.language == "c"}
        self.grade_ids = {marks[0] for marks in map(marks_of, notebook["cells"]) if marks}
        self.stubs: dict[str, str] = {}
        for cell in self.cells:
            if cell.role == "exercise":
                self.stubs |= definitions(read_code(cell.source).tree)

    def match(self, cell: dict[str, Any], source: str) -> Given | None:
        """The released cell that a submitted one comes from: by text, else by id (Colab keeps ids in the metadata)."""
        about = cell.get("metadata", {})
        found = self.by_text.get(plain(source))
        for key in (cell.get("id"), about.get("id") if isinstance(about, dict) else None):
            found = found or (self.by_id.get(key) if isinstance(key, str) else None)
        return found

    def is_hand_in(self, role: str, code: Code) -> bool:
        """Whether a cell is the one that students put their id into, and defines nothing beside it."""
        defines = any(isinstance(node, DEFINITIONS) for node in code.tree.body) or code.binds & self.owner.keys()
        return role == CLOSING and not defines


def _given(position: int, cell: dict[str, Any]) -> Given:
    role = role_of(cell)
    source = text_of(cell)
    try:
        code = read_code(source)
    except Unreadable:
        return Given(position, cell["id"], role, source, marks=marks_of(cell))
    return Given(position, cell["id"], role, source, code.binds, code.reads, marks_of(cell))


def text_of(cell: dict[str, Any]) -> str:
    """The source of a cell, which a notebook file may hold as a list of lines."""
    source = cell.get("source", "")
    if isinstance(source, list):
        source = "".join(line for line in source if isinstance(line, str))
    return source if isinstance(source, str) else ""


def role_of(cell: dict[str, Any]) -> str:
    """The role that a cell's metadata claims, "" if none."""
    about = cell.get("metadata")
    about = about.get("effdl") if isinstance(about, dict) else None
    role = about.get("role") if isinstance(about, dict) else None
    return role if isinstance(role, str) else ""


def marks_of(cell: dict[str, Any]) -> tuple[Any, ...]:
    """What nbgrader goes by: points, locks and ids; () if the cell has none of its marks."""
    about = cell.get("metadata")
    about = about.get("nbgrader") if isinstance(about, dict) else None
    return tuple(about.get(key) for key in MARKS) if isinstance(about, dict) and about else ()


def version_of(cell: dict[str, Any]) -> str:
    """The version of the lab that a cell was released with, "" for a student's own cell."""
    return str(cell["metadata"]["effdl"].get("lab_version", "")) if role_of(cell) else ""


def plain(source: str) -> str:
    """A cell's text without what editors change: line ends, blanks at the ends of lines, empty lines around it."""
    return "\n".join(line.rstrip() for line in source.replace("\r\n", "\n").split("\n")).strip()
