"""The course index, `labs/README.md`: what each lab asks for, taken from the lab sources and written nowhere else."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from autograder.author.marks import LabSource, read_lab
from autograder.course import Course

HEAD = """# Labs

The notebooks that students work on. They are built from `solutions/`: never edit them here. To take one:

    effdl start {first}

copies it to `work/` and opens it in JupyterLab. `effdl progress` says what is written;
`effdl submit {first} --id YOUR_ID` checks the notebook and writes the file to hand in.

| lab | exercises | points | minutes | you will be able to |
|---|---|---|---|---|
"""
MINUTES = re.compile(r"(\d+)\s*(?:minutes|min)\b", re.IGNORECASE)
POINTS = re.compile(r"(\d+)\s*points|points\W{0,6}(\d+)", re.IGNORECASE)
BULLET = re.compile(r"^[-*] (.+(?:\n {2,}\S.*)*)", re.MULTILINE)


@dataclass(frozen=True)
class Card:
    """What the card of a lab says: its minutes and points, 0 where it does not say, and its objectives."""

    minutes: int
    points: int
    objectives: tuple[str, ...]


def read_card(source: LabSource) -> Card:
    """The card: the first markdown cell with a list of objectives, one bullet each."""
    for cell in source.cells:
        bullets = BULLET.findall(cell.source) if cell.role == "text" else []
        if bullets:
            minutes, points = MINUTES.search(cell.source), POINTS.search(cell.source)
            return Card(
                minutes=int(minutes[1]) if minutes else 0,
                points=int(points[1] or points[2]) if points else 0,
                objectives=tuple(" ".join(bullet.split()).rstrip(".;,") for bullet in bullets),
            )
    return Card(0, 0, ())


def index_path(course: Course) -> Path:
    """Where the index stands: at the door of the labs."""
    return course.labs / "README.md"


def index_text(course: Course) -> str:
    """The whole index, one row a lab."""
    names = course.lab_names()
    rows = [_row(read_lab(course, name)) for name in names]
    return HEAD.format(first=names[0] if names else "lab01") + "".join(rows)


def _row(source: LabSource) -> str:
    card = read_card(source)
    minutes = card.minutes or sum(exercise.minutes for exercise in source.exercises)
    points = sum(exercise.points for exercise in source.exercises)
    title = source.title.replace("|", "\\|")
    objectives = "; ".join(card.objectives).replace("|", "\\|")
    return f"| [{title}]({source.stem}.ipynb) | {len(source.exercises)} | {points:g} | {minutes} | {objectives} |\n"
