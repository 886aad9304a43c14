"""Grade the attacks that are files: all in one class with an honest student, recorded as any class is."""

from __future__ import annotations

import csv
import os
import re
import subprocess
import sys
import tempfile
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import nbformat

from autograder.course import Course
from autograder.grade.ids import UNSAFE
from autograder.grade.pipeline import grade
from autograder.grade.place import Place
from autograder.grade.summary import GradeSummary
from autograder.grade.tables import FORMULA, Row
from autograder.lab import Lab
from autograder.prove.attacks.files import EXPORT
from autograder.prove.attacks.leaks import LEAK, Hidden, hidden_of, leaks, live
from autograder.prove.attacks.registry import WRITERS, Outcome, Verdict, verdicts

UNHARMED = "honest_student"
JUPYTER = "jupyter"
HARMLESS = re.compile(r"[A-Za-z0-9_%@~.-]{1,120}")
# nbgrader's own pages: as our configuration makes them, and as its defaults would
PAGES = {"nbgrader_feedback": (), "nbgrader_default": ("--HTMLExporter.sanitize_html=False",)}
SHOWN = "page-*"  # the students for whom they are made


@dataclass(frozen=True)
class Graded:
    """A class that was graded twice; `repeated` if both runs gave the same. `summary` is the first one's."""

    lab: Lab
    top: Path
    summary: GradeSummary
    repeated: bool
    hidden: Hidden

    @property
    def out(self) -> Path:
        return self.top / "out"

    @property
    def rows(self) -> dict[str, Row]:
        return {row.student_id: row for row in self.summary.rows}


def attack_class(
    course: Course, lab: Lab, chosen: Sequence[Verdict], *, workers: int, isolation: str
) -> Iterator[Outcome]:
    """How each attack ended, and first the class as a whole."""
    if not chosen:
        return
    by_name = {verdict.name: verdict for verdict in (verdicts()[UNHARMED], *chosen)}
    with tempfile.TemporaryDirectory(prefix="attacks-") as place:
        how = {"workers": workers, "isolation": isolation}
        graded = hand_in_and_grade(course, lab, list(by_name), Path(place), how)
        expected = {student for verdict in by_name.values() for student in verdict.rows}
        common = [*harm(graded), *(f"nobody expected the row of {s!r}" for s in graded.rows if s not in expected)]
        for name, verdict in by_name.items():
            problems = [*judge_rows(verdict, graded), *(common if name == UNHARMED else ())]
            yield Outcome(verdict, _ended(verdict, graded), "; ".join(problems[:5]))


def hand_in_and_grade(course: Course, lab: Lab, names: Sequence[str], top: Path, how: Mapping[str, Any]) -> Graded:
    """Write what is handed in below `top`, grade it (`how`), and let nbgrader make its feedback."""
    folder = top / "class" / "submitted"
    folder.mkdir(parents=True)
    (top / JUPYTER).mkdir()
    for name in names:
        WRITERS[name](lab, folder)
    summary, again = (grade(course, lab.name, top / "class", top / "out", **how) for _ in range(2))
    repeated = again.rows == summary.rows
    if (export := top / "class" / EXPORT).exists():
        archived = grade(course, lab.name, export, top / "out", **how)
        errors, skipped = summary.errors + archived.errors, summary.skipped + archived.skipped
        # its rows are those of all
        summary = replace(archived, errors=errors, skipped=skipped, notes=summary.notes + archived.notes)
    if any((top / "out" / "autograded").glob(SHOWN)):
        _nbgrader_pages(top, lab)
    return Graded(lab, top, summary, repeated, hidden_of(lab))


def _nbgrader_pages(top: Path, lab: Lab) -> None:
    """Let nbgrader make its feedback, both ways at a time.

    Raises: ValueError if it cannot
    """
    places = {"JUPYTER_CONFIG_DIR": str(top / JUPYTER), "JUPYTER_DATA_DIR": str(top / JUPYTER)}
    running = []
    for pages, options in PAGES.items():
        command = ["generate_feedback", lab.name, f"--student={SHOWN}", *options]
        command += [f"--CourseDirectory.feedback_directory={pages}", "--log-level=ERROR"]
        with open(top / JUPYTER / f"{pages}.log", "wb") as log:
            arguments = [sys.executable, "-m", "nbgrader", *command]
            running.append(subprocess.Popen(arguments, cwd=top / "out", env={**os.environ, **places}, stderr=log))
    for pages, process in zip(PAGES, running, strict=True):
        if process.wait():
            raise ValueError(f"nbgrader generate_feedback: {(top / JUPYTER / f'{pages}.log').read_text()[-500:]}")


def judge_rows(verdict: Verdict, graded: Graded) -> Iterator[str]:
    """What of an attack's rows and messages is not as its verdict says."""
    for student, wanted in verdict.rows.items():
        if (got := _end(graded, student)) != wanted and wanted != "any":
            yield f"{student!r} ended as {got}, {wanted} was due"
    said = [graded.rows[student].message for student in verdict.rows if student in graded.rows]
    said += [f"{each.file}: {each.reason}" for each in graded.summary.skipped] + [*graded.summary.notes]
    for part in verdict.says:
        if not any(part in message for message in said):
            yield f"no message says {part!r}"


def _end(graded: Graded, student: str) -> str:
    row = graded.rows.get(student)
    if row is None:
        return "absent"
    shares = {row.max_score: "full", "0": "none"}
    return shares.get(row.score, f"{row.score} points") if row.status == "graded" else row.status


def _ended(verdict: Verdict, graded: Graded) -> str:
    ends = [_end(graded, student) for student in verdict.rows]
    return ", ".join(f"{ends.count(end)} {end}" for end in dict.fromkeys(ends))


def harm(graded: Graded) -> Iterator[str]:
    """What a class must never do to those who grade it, to the others in it, or to the machine."""
    yield from (f"the grader failed on {student!r}" for student in graded.summary.errors)
    if not graded.repeated:
        yield "a second run, which finds every grade recorded, gives other rows"
    yield from (f"{name} was written" for name in _strays(graded))
    names = {path.name for top in ("submitted", "autograded", "feedback") for path in (graded.out / top).glob("*")}
    yield from (f"the folder {name!r} is no harmless name" for name in names if not HARMLESS.fullmatch(name))
    yield from (f"grades.csv holds the formula {cell!r}" for cell in _cells(graded.out) if cell.startswith(FORMULA))
    yield from (f"{path.name} holds {char!r}" for path, char in _unprintable(graded))
    for kind in ("feedback", *PAGES):
        for path in sorted(graded.out.glob(f"{kind}/*/*/*.html")):
            text = path.read_text(encoding="utf-8")
            # nbgrader's pages show the source of the answers, too
            secrets = leaks(text, graded.hidden) if kind == "feedback" else [LEAK] * (LEAK in text)
            yield from (f"{kind} of {path.parts[-3]} would run {found}" for found in live(text))
            yield from (f"{kind} of {path.parts[-3]} tells {found[:60]!r}" for found in secrets)
    yield from _notebooks(graded)


def _strays(graded: Graded) -> Iterator[str]:
    """Files beside the class and its results, or that an archive or a name was meant to put elsewhere."""
    yield from (path.name for path in graded.top.iterdir() if path.name not in ("class", "out", JUPYTER))
    for place in (*graded.top.parents, graded.out):
        yield from (str(path) for name in ("ESCAPED*", "escaped*") for path in place.glob(name))


def _cells(out: Path) -> list[str]:
    with open(out / "grades.csv", newline="", encoding="utf-8") as file:
        return [cell for row in csv.reader(file) for cell in row]


def _unprintable(graded: Graded) -> Iterator[tuple[Path, str]]:
    """Characters in the tables that would hide or reorder text, or be obeyed by a terminal."""
    tables = (graded.out / "grades.csv", Place(graded.out).results(graded.lab.name))
    for path in (*tables, *graded.out.glob("feedback/*/*/*.html")):
        text = path.read_text(encoding="utf-8").replace("\n", "")
        yield from ((path, char) for char in set(text) if unicodedata.category(char) in UNSAFE)


def _notebooks(graded: Graded) -> Iterator[str]:
    """What the autograded notebooks, which formgrader opens, hold besides the grader's own outputs."""
    for path in sorted(graded.out.glob("autograded/*/*/*.ipynb")):
        for cell in nbformat.read(path, as_version=4).cells:
            kinds = {kind for output in cell.get("outputs", ()) for kind in output.get("data", {"stream": 1})}
            if kinds - {"text/plain"} or cell.get("attachments") or cell.cell_type == "raw":
                yield f"{path.parts[-3]}: a cell keeps {sorted(kinds) or 'what it carried'}"
            if cell.cell_type == "markdown" and re.search(r"<(script|img|svg|iframe)", cell.source):
                yield f"{path.parts[-3]}: a text cell keeps its markup"
