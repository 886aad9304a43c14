"""Read a lab source: its percent cells become typed records, and a mark that nobody knows is an error."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from autograder.author.closing import closing
from autograder.author.inline import reference_names
from autograder.course import Course
from autograder.lab import Exercise
from autograder.percent import PercentCell, read_cells

ROLES = ("setup", "figure", "widget", "experiment")
CLOSING = "closing"  # of the cells that the build adds to every lab
# the marks of each kind of cell; `tags` are Jupyter's own and may stand on any
MARKS = {
    "exercise": {"exercise", "source", "points", "minutes", "difficulty", "forbid"},
    "check": {"check"},
    "predict": {"predict"},
    "manual": {"manual", "points"},
    "role": {"role"},
}
REQUIRED = {"exercise": {"source", "points", "minutes", "difficulty"}, "manual": {"points"}}
ID = {"manual": re.compile(r"\d+\.Q\d+"), "exercise": re.compile(r"\d+\.\d+")}
HEADING = re.compile(
    r"^### Exercise (?P<id>\S+) - (?P<title>.+?)\s{2,}(?P<minutes>\d+) min - (?P<points>[\d.]+) points - "
    r"difficulty (?P<difficulty>\d)/5\s*$",
    re.MULTILINE,
)


class SourceError(ValueError):
    """A lab source, or what it names, cannot be built; the message names the file, the cell and the mend."""


@dataclass(frozen=True)
class LabCell:
    """One cell of a lab source; `role` as in the built cell's metadata, `id` of an exercise or a question."""

    number: int
    kind: str
    role: str
    source: str
    id: str = ""
    points: float = 0.0
    tags: tuple[str, ...] = ()

    @property
    def where(self) -> str:
        """How a message names this cell."""
        first = next((line for line in self.source.splitlines() if line.strip()), "empty")
        return f"cell {self.number} ({first[:50]!r})"


@dataclass(frozen=True)
class LabSource:
    """A lab source, read and understood."""

    name: str
    stem: str
    title: str
    cells: tuple[LabCell, ...]
    exercises: tuple[Exercise, ...]

    @property
    def own_cells(self) -> tuple[LabCell, ...]:
        """The cells that its author wrote."""
        return tuple(cell for cell in self.cells if cell.role != CLOSING)

    def exercise(self, exercise_id: str) -> Exercise:
        """The exercise of that id, which has to be there."""
        return next(exercise for exercise in self.exercises if exercise.id == exercise_id)


def read_lab(course: Course, lab: str) -> LabSource:
    """The source of a lab as typed records, the closing cells behind those of its author.

    Raises: UnknownLab; SourceError naming the file and the cell that cannot be understood
    """
    path = course.source(lab)
    own = understand(read_cells(path), lab, path.stem)
    more = enumerate(closing(course, lab, own.exercises), start=len(own.cells) + 1)
    return replace(own, cells=(*own.cells, *(LabCell(number, kind, CLOSING, text) for number, (kind, text) in more)))


def understand(raw: Sequence[PercentCell], lab: str, stem: str) -> LabSource:
    """Percent cells as a typed lab source.

    Raises: SourceError naming the cell that cannot be understood
    """
    try:
        cells = tuple(_cell(number, cell) for number, cell in enumerate(raw, start=1))
        titles = _titles(cells)
        exercises = tuple(_exercise(cell, titles) for cell in raw if "exercise" in cell.marks)
        _refuse_strays(cells)
    except ValueError as problem:
        raise SourceError(f"{stem}.py: {problem}") from problem
    return LabSource(lab, stem, _title(cells, lab), cells, exercises)


def _cell(number: int, cell: PercentCell) -> LabCell:
    kinds = [kind for kind in MARKS if kind in cell.marks]
    kind = kinds[0] if kinds else ""
    record = LabCell(
        number=number,
        kind=cell.kind,
        role=_role(cell, kind),
        source=cell.source.strip("\n"),
        id=str(cell.marks.get(kind, "")) if kind != "role" else "",
        points=float(cell.marks.get("points", 0)),
        tags=tuple(cell.marks.get("tags", ())),
    )
    problem = _marks_problem(cell.marks, kinds) or _cell_problem(record, cell.marks, kind)
    if problem:
        raise ValueError(f"{record.where}: {problem}")
    return record


def _role(cell: PercentCell, kind: str) -> str:
    if kind == "role":
        return str(cell.marks["role"])
    return kind or ("text" if cell.kind == "markdown" else "demo")


def _marks_problem(marks: dict[str, Any], kinds: list[str]) -> str:
    """What is wrong with the names of the marks of one cell, or nothing."""
    if len(kinds) > 1:
        return f"has the marks {kinds}, which exclude each other"
    kind = kinds[0] if kinds else ""
    unknown = set(marks) - MARKS.get(kind, set()) - {"tags"}
    missing = REQUIRED.get(kind, set()) - set(marks)
    if unknown:
        return (
            f"unknown marks {sorted(unknown)}; a {kind or 'plain'} cell may have {sorted(MARKS.get(kind, ()))} and tags"
        )
    if missing:
        return f"lacks the marks {sorted(missing)}"
    return ""


def _cell_problem(cell: LabCell, marks: dict[str, Any], kind: str) -> str:
    """What is wrong with the values of the marks and the cell that bears them, or nothing."""
    if kind == "role" and cell.role not in ROLES:
        return f"unknown role {cell.role!r}; the roles are {', '.join(ROLES)}, and unmarked code is a demonstration"
    if kind and (cell.kind == "markdown") != (kind == "manual"):
        return f"the mark {kind!r} does not belong on a {cell.kind} cell"
    if cell.kind not in ("code", "markdown"):
        return f"cells of type {cell.kind!r} are not used in labs"
    if kind == "exercise" and any(line.strip() and not line.startswith("#") for line in cell.source.splitlines()):
        return "holds code; the build puts the reference here, so leave it empty but for a comment"
    form = ID.get(kind, ID["exercise"])
    # without the quotes 3.10 would be the number 3.1
    if kind and kind != "role" and not (isinstance(marks[kind], str) and form.fullmatch(cell.id)):
        return f'{kind}={cell.id!r} is no id; write {kind}="3.{"Q1" if kind == "manual" else "2"}" with the quotes'
    return ""


def _exercise(cell: PercentCell, titles: dict[str, str]) -> Exercise:
    marks = cell.marks
    forbid = str(marks.get("forbid", "")).replace(" ", "")
    return Exercise(
        id=str(marks["exercise"]),
        title=titles.get(str(marks["exercise"]), ""),
        names=reference_names(str(marks["source"])),
        source=str(marks["source"]).replace(" ", ""),
        points=float(marks["points"]),
        minutes=int(marks["minutes"]),
        difficulty=int(marks["difficulty"]),
        forbid=tuple(filter(None, forbid.split(","))),
    )


def _titles(cells: tuple[LabCell, ...]) -> dict[str, str]:
    texts = (cell.source for cell in cells if cell.kind == "markdown")
    return {found["id"]: found["title"] for text in texts for found in HEADING.finditer(text)}


def _title(cells: tuple[LabCell, ...], lab: str) -> str:
    for cell in cells:
        if cell.kind == "markdown" and cell.source.startswith("# "):
            return cell.source.splitlines()[0][2:].strip()
    return lab


def _refuse_strays(cells: tuple[LabCell, ...]) -> None:
    seen: set[tuple[str, str]] = set()
    for cell in cells:
        if cell.role in ("exercise", "check", "manual"):
            if (cell.role, cell.id) in seen:
                raise ValueError(f"{cell.where}: a second {cell.role} cell of {cell.id}")
            seen.add((cell.role, cell.id))
    for cell in cells:
        if cell.role == "check" and ("exercise", cell.id) not in seen:
            raise ValueError(f"{cell.where}: checks {cell.id}, which is no exercise of this lab")
