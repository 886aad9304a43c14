"""Write recorded grades in the format that somebody else reads."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from autograder.grade.files import OutputError, write_text
from autograder.handback.grades import Grade, GradedLab, gather, pending
from autograder.handback.junit import junit
from autograder.handback.sheets import canvas, moodle

SUFFIX = {"canvas": "csv", "moodle": "csv", "junit": "xml", "json": "json"}
FORMATS = tuple(SUFFIX)


def export(
    out: Path,
    form: str,
    *,
    labs: list[str] | None = None,
    to: Path | None = None,
    columns: Mapping[str, str] | None = None,
) -> tuple[list[Path], list[str]]:
    """Write a file for each format below `out/exports`, or `to`; returns the files, and lines for people.

    Moodle's worksheets are one for each lab. `columns` are titles of Canvas's columns by lab.

    Raises: OutputError if nothing is recorded, or one file is asked for where several are needed
    """
    graded = gather(out, labs)
    notes = pending(graded)
    if form == "moodle":
        if to is not None and len(graded) > 1:
            raise OutputError(f"{to}: Moodle takes one worksheet for each assignment; name one lab with --lab")
        texts = {f"moodle-{lab.lab}": moodle(lab) for lab in graded}
        notes += dict.fromkeys(note for _, more in texts.values() for note in more)
        files = {name: text for name, (text, _) in texts.items()}
    else:
        text, more = _text(form, graded, columns or {})
        notes += more
        files = {"grades" if form == "json" else form: text}
    written = []
    for name, text in files.items():
        path = to or Path(out) / "exports" / f"{name}.{SUFFIX[form]}"
        write_text(path, text)
        written.append(path)
    return written, notes


def _text(form: str, graded: list[GradedLab], columns: Mapping[str, str]) -> tuple[str, list[str]]:
    if form == "canvas":
        return canvas(graded, columns)
    return (junit(graded) if form == "junit" else _json(graded)), []


def _json(graded: list[GradedLab]) -> str:
    labs = [
        {
            "lab": lab.lab,
            "title": lab.title,
            "max_score": lab.max_score,
            "grades": [_plain(grade) for grade in lab.grades],
        }
        for lab in graded
    ]
    return json.dumps({"labs": labs}, indent=1, ensure_ascii=False) + "\n"


def _plain(grade: Grade) -> dict[str, Any]:
    """One grade as data; what comparisons saw stays in `results/`."""
    marked = grade.outcome.marked
    return {
        "student_id": grade.outcome.student,
        **{name: value for name, value in asdict(grade.person).items() if name != "student"},
        "status": grade.outcome.status,
        "score": grade.score,
        "max_score": grade.max_score,
        "raw_score": marked.score if marked else None,
        "late_percent": grade.lateness.percent,
        "manual_score": grade.manual.score,
        "needs_manual": grade.manual.needs_manual,
        "message": grade.message,
        "handed_in": grade.outcome.delivery.to_json(),
        "exercises": [
            {"exercise": each.exercise, "title": each.title, "points": each.points, "earned": earned}
            for each, earned in grade.exercises
        ],
    }
