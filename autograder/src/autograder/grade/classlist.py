"""The roster of a course: kept with its results, so that a later run and the exports know it; and who is missing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from autograder.grade.files import OutputError, write_json, write_text
from autograder.grade.outcome import Outcome
from autograder.grade.place import Place
from autograder.grade.summary import some
from autograder.grade.tables import csv_text
from autograder.intake.roster import Person, Roster, read_roster

COLUMNS = ("lab", "student_id", "name", "email")


def open_roster(place: Place, path: Path | None) -> Roster | None:
    """The roster in `path`, else the one of an earlier run, else None.

    Raises: RosterError; OutputError if what was kept is damaged
    """
    if path is not None:
        return read_roster(path)
    kept = _path(place)
    if not kept.exists():
        return None
    try:
        return Roster(Person(**entry) for entry in json.loads(kept.read_text(encoding="utf-8")))
    except (ValueError, TypeError) as problem:
        raise OutputError(f"{kept}: is damaged ({problem}); give the roster again with --roster") from None


def save_roster(place: Place, roster: Roster | None) -> None:
    if roster is not None:
        write_json(_path(place), roster.to_json())


def missing(roster: Roster | None, outcomes: Mapping[str, Outcome]) -> list[Person]:
    """Who is on the roster and handed nothing in."""
    return [person for person in roster.people if person.student not in outcomes] if roster else []


def write_missing(place: Place, roster: Roster | None) -> None:
    """`missing.csv`: for every graded lab, who handed nothing in."""
    if roster is None:
        return
    rows = [
        (lab, person.student, person.name, person.email)
        for lab in place.labs()
        for person in missing(roster, place.outcomes(lab))
    ]
    write_text(place.root / "missing.csv", csv_text(COLUMNS, rows))


def told(roster: Roster | None, outcomes: Mapping[str, Outcome], unlisted: tuple[str, ...]) -> list[str]:
    """What the summary says of the roster."""
    if roster is None:
        return []
    gone = missing(roster, outcomes)
    odd = sorted({*unlisted, *(student for student in outcomes if roster.get(student) is None)})
    lines = [f"not on the roster: {some(odd)}"] if odd else []
    if gone:
        named = [f"{person.student} ({person.name})" if person.name else person.student for person in gone]
        lines.append(f"nothing from {len(gone)} of {len(roster.people)} (missing.csv): {some(named)}")
    return lines


def _path(place: Place) -> Path:
    return place.private / "roster.json"
