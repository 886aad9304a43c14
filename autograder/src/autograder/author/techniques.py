"""The index of techniques: each technique of the course, the lab and exercise that teach it, the functions that do it.

`solutions/techniques.csv` is written by hand, one row a technique: the lab, the technique, where in the lab ("3.1" for
an exercise, "section 2" for a section, several separated by "; ") and the functions of `effdl` ("pruning:nm_mask").
A technique of a lab that has no source yet has neither.
"""

from __future__ import annotations

import ast
import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from autograder.author.marks import LabSource, read_lab
from autograder.course import Course

HEAD = """# Techniques

Each technique of the course: where it is taught, and the function of `effdl` that does it. A number is an exercise,
in which you write the function; a section runs it. This page is built from `solutions/techniques.csv`.

| technique | lab | where | functions |
|---|---|---|---|
"""
SECTION = re.compile(r"section (\d+)")


@dataclass(frozen=True)
class Technique:
    """One row: `where` holds exercise ids and sections, `functions` "module:name" of the package."""

    lab: str
    name: str
    where: tuple[str, ...]
    functions: tuple[str, ...]


def read_techniques(course: Course) -> list[Technique]:
    """The rows of `solutions/techniques.csv`, none if the course has no such file.

    Raises: ValueError if a column is missing
    """
    path = course.solutions / "techniques.csv"
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        if reader.fieldnames != ["lab", "technique", "where", "functions"]:
            raise ValueError(f"{path.name}: the columns are lab,technique,where,functions; found {reader.fieldnames}")
        return [
            Technique(row["lab"], row["technique"], _parts(row["where"]), _parts(row["functions"])) for row in reader
        ]


def techniques_path(course: Course) -> Path:
    """Where the index of techniques stands: beside the labs."""
    return course.labs / "TECHNIQUES.md"


def techniques_text(course: Course) -> str:
    """The whole index, sorted by name; what no lab teaches yet says so."""
    built = {name: course.source(name).stem for name in course.lab_names()}
    rows = sorted(read_techniques(course), key=lambda row: (row.name.casefold(), row.lab))
    return HEAD + "".join(_row(row, built) for row in rows)


def techniques_problems(course: Course) -> list[str]:
    """What of the rows of built labs is missing, or names what does not exist."""
    built = {name: read_lab(course, name) for name in course.lab_names()}
    rows = [row for row in read_techniques(course) if row.lab in built]
    return [f"techniques.csv: {row.name}: {says}" for row in rows for says in _problems(course, row, built[row.lab])]


def _problems(course: Course, row: Technique, lab: LabSource) -> Iterator[str]:
    if not row.where or not row.functions:
        yield f"{row.lab} exists: say where in it, and by which functions"
    exercises = {exercise.id for exercise in lab.exercises}
    sections = {found for cell in lab.cells for found in re.findall(r"^## (\d+) ", cell.source, re.MULTILINE)}
    for place in row.where:
        section = SECTION.fullmatch(place)
        if place not in exercises and not (section and section[1] in sections):
            yield f"{row.lab} has no {place!r}; it has exercises {sorted(exercises)} and sections {sorted(sections)}"
    for function in row.functions:
        if not _exists(course, function):
            yield f"{course.package.name} has no {function!r}"


def _exists(course: Course, function: str) -> bool:
    """Whether the package has that function or class, or a C file that name."""
    module, _, name = function.partition(":")
    base = course.package / module.replace(".", "/")
    if module.endswith(".c"):
        source = course.package / module
        return source.exists() and bool(re.search(rf"\b{re.escape(name)}\s*\(", source.read_text(encoding="utf-8")))
    path = base / "__init__.py" if base.is_dir() else base.with_suffix(".py")
    if not path.exists():
        return False
    definitions = (ast.FunctionDef, ast.ClassDef)
    body = ast.parse(path.read_text(encoding="utf-8")).body
    return any(isinstance(node, definitions) and node.name == name for node in body)


def _row(row: Technique, built: dict[str, str]) -> str:
    if row.lab not in built:
        return f"| {row.name} | {row.lab} | not there yet | |\n"
    functions = ", ".join(f"`{_shown(function)}`" for function in row.functions)
    return f"| {row.name} | [{row.lab}]({built[row.lab]}.ipynb) | {', '.join(row.where)} | {functions} |\n"


def _shown(function: str) -> str:
    """`pruning.nm_mask`; a C function stands in its file: `c/matmul.c: matmul_tiled`."""
    return function.replace(":", ": ") if ".c:" in function else function.replace(":", ".")


def _parts(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(";") if part.strip())
