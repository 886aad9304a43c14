"""The course index, `labs/README.md`: what each lab asks for, taken from the lab sources and written nowhere else."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from autograder.author.colab import badge_url, topics
from autograder.author.marks import LabSource, read_lab
from autograder.author.techniques import read_techniques
from autograder.course import Course
from autograder.proven import read_record

HEAD = """# Labs

The notebooks that students work on. They are built from `solutions/`: never edit them here. To take one:

    effdl start {first}

copies it to `work/` and opens it in JupyterLab; `effdl start` alone opens this list as a notebook, which shows how far
you are. `effdl progress` says what is written; `effdl submit {first} --id YOUR_ID`, or the last cell of a lab, checks
the notebook and writes the file to hand in.
[The index of techniques](TECHNIQUES.md) tells for each in which lab and exercise it is.

| lab | the question it answers | minutes | points | before it | techniques | open |
|---|---|---|---|---|---|---|
"""
PROOF_HEAD = """
What `autograder check` proves of each lab's tests. A mutant is the reference with one small fault in it.

| lab | exercises | hidden cases | wrong answers caught | other right answers accepted | mutants caught |
|---|---|---|---|---|---|
"""
MINUTES = re.compile(r"(\d+)\s*(?:minutes|min)\b", re.IGNORECASE)
POINTS = re.compile(r"(\d+)\s*points|points\W{0,6}(\d+)", re.IGNORECASE)
PREREQUISITES = re.compile(r"\*\*Prerequisites\*\*\s+(.+?)\.(?:\s|$)", re.DOTALL)
QUESTION = re.compile(r"^\*\*(.+?)\*\*\s*$", re.MULTILINE | re.DOTALL)
BULLET = re.compile(r"^[-*] (.+(?:\n {2,}\S.*)*)", re.MULTILINE)


@dataclass(frozen=True)
class Card:
    """What the card of a lab says: its minutes and points, 0 where it does not say, what comes before, objectives."""

    minutes: int
    points: int
    prerequisites: str
    objectives: tuple[str, ...]


def read_card(source: LabSource) -> Card:
    """The card: the first markdown cell with a list of objectives, one bullet each."""
    for cell in source.cells:
        bullets = BULLET.findall(cell.source) if cell.role == "text" else []
        if bullets:
            minutes, points = MINUTES.search(cell.source), POINTS.search(cell.source)
            before = PREREQUISITES.search(cell.source)
            return Card(
                minutes=int(minutes[1]) if minutes else 0,
                points=int(points[1] or points[2]) if points else 0,
                prerequisites=" ".join(before[1].split()) if before else "",
                objectives=tuple(" ".join(bullet.split()).rstrip(".;,") for bullet in bullets),
            )
    return Card(0, 0, "", ())


def index_path(course: Course) -> Path:
    """Where the index stands: at the door of the labs."""
    return course.labs / "README.md"


def index_text(course: Course) -> str:
    """The whole index: one row a topic, and what is proven of the labs that exist."""
    sources = {name: read_lab(course, name) for name in course.lab_names()}
    planned = topics(course)
    techniques = Counter(row.lab for row in read_techniques(course))
    rows = [
        _row(course, sources[name], techniques[name]) if name in sources else _planned(name, planned[name])
        for name in sorted({*sources, *planned})
    ]
    proofs = "".join(_proof_row(course, source) for source in sources.values())
    return HEAD.format(first=next(iter(sources), "lab01")) + "".join(rows) + PROOF_HEAD + proofs


def lab_facts(source: LabSource) -> list[str]:
    """A lab's link, question, minutes, points and prerequisites, as cells of a table."""
    card = read_card(source)
    minutes = card.minutes or sum(exercise.minutes for exercise in source.exercises)
    points = sum(exercise.points for exercise in source.exercises)
    question = QUESTION.search(source.cells[0].source)
    return [
        f"[{_cell(source.title)}]({source.stem}.ipynb)",
        _cell(" ".join(question[1].split())) if question else "",
        f"{minutes}",
        f"{points:g}",
        _cell(card.prerequisites),
    ]


def _row(course: Course, source: LabSource, techniques: int) -> str:
    cells = [*lab_facts(source), f"{techniques or ''}", f"[Colab]({badge_url(course, source.stem)})"]
    return f"| {' | '.join(cells)} |\n"


def _planned(name: str, topic: str) -> str:
    return f"| Lab {name[3:]} - not there yet | {_cell(topic)} | | | | | |\n"


def _proof_row(course: Course, source: LabSource) -> str:
    proof = read_record(course, source.name)
    if proof is None:
        return f"| {source.name} | {len(source.exercises)} | not proven yet | | | |\n"
    mutants = f"{proof['killed']} of {proof['mutants'] - proof['equivalent']}"
    found = (len(source.exercises), proof["cases"], proof["wrong"], proof["right"], mutants)
    return f"| {source.name} | {' | '.join(map(str, found))} |\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
