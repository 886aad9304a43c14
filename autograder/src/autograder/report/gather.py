"""Read an output folder: what is recorded of each lab, and what of it the report is about."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from autograder.grade.classlist import missing, open_roster
from autograder.grade.manual import Manual
from autograder.grade.model import ExerciseResult
from autograder.grade.outcome import Outcome
from autograder.grade.place import Place
from autograder.grade.policy import ON_TIME, Lateness
from autograder.grade.tables import final, raw_total, row
from autograder.intake.policy_file import read_policy
from autograder.intake.roster import Person

Notebook = dict[str, Any]


@dataclass(frozen=True)
class Graded:
    """Everything that is recorded of one lab.

    `lateness` holds who was late, `missing` who is on the roster and handed nothing in; `slips` are the results of the
    known wrong answers, if they were run.
    """

    name: str
    title: str
    max_score: float
    outcomes: dict[str, Outcome]
    manual: dict[str, Manual]
    folders: dict[str, str]
    skipped: tuple[tuple[str, str], ...]
    exercises: dict[str, tuple[str, ...]]
    notebooks: dict[str, Path] = field(repr=False, default_factory=dict)
    release: Notebook = field(repr=False, default_factory=dict)
    solution: Notebook = field(repr=False, default_factory=dict)
    slips: dict[str, list[dict[str, Any]]] | None = None
    lateness: dict[str, Lateness] = field(default_factory=dict)
    missing: tuple[Person, ...] = ()

    def marked(self) -> dict[str, tuple[ExerciseResult, ...]]:
        """The exercises of each student who was graded."""
        return {who: outcome.marked.exercises for who, outcome in self.outcomes.items() if outcome.marked}

    def points(self, student: str, result: ExerciseResult) -> float:
        """What an exercise counts: a person's grade, where there is one, else ours."""
        return final(result, self.manual.get(student, Manual()))

    def total(self, student: str) -> float:
        """The points of all exercises of a student who was graded, before what being late costs."""
        return raw_total(self.outcomes[student], self.manual.get(student, Manual()))

    def score(self, student: str) -> float | None:
        """A student's score; None if there is none."""
        if self.outcomes[student].marked is None:
            return None
        return self.lateness.get(student, ON_TIME).of(self.total(student))

    def message(self, student: str) -> str:
        """What `grades.csv` says of a submission."""
        late, manual = self.lateness.get(student, ON_TIME), self.manual.get(student, Manual())
        return row(self.outcomes[student], self.name, self.max_score, manual, late).message


def gather(place: Place) -> list[Graded]:
    """All labs of an output folder, in order.

    Raises: ValueError if nothing was graded there
    """
    if not place.labs():
        raise ValueError(f"{place.root}: holds no results; grade a lab first: 'autograder grade LAB PATH --out DIR'")
    by_hand, policy, roster = _by_hand(place), read_policy(place.policy), open_roster(place, None)
    labs = []
    for lab in place.labs():
        graded = _graded(place, lab, by_hand(lab))
        late = {who: policy.lateness(lab, outcome) for who, outcome in graded.outcomes.items()}
        labs.append(replace(graded, lateness=late, missing=tuple(missing(roster, graded.outcomes))))
    return labs


def slips_path(place: Place, lab: str) -> Path:
    """Where the results of a lab's known wrong answers are kept."""
    return place.private / f"{lab}_slips.json"


def _graded(place: Place, lab: str, by_hand: dict[str, Manual]) -> Graded:
    results = place.recorded(lab)
    outcomes = results.outcomes
    folders = place.folders(list(outcomes))
    release = _notebook(place.root / "release" / lab)
    about = release.get("metadata", {}).get("effdl", {}).get("exercises", [])
    paths = {who: place.root / "autograded" / folders[who] / lab for who, each in outcomes.items() if each.marked}
    slips = slips_path(place, lab)
    return Graded(
        lab,
        results.about["title"],
        results.about["max_score"],
        outcomes,
        {who: by_hand[folder] for who, folder in folders.items() if folder in by_hand},
        {who: folders[who] for who in outcomes},
        results.skipped,
        {each["id"]: tuple(each["names"]) for each in about},
        {who: found[0] for who, path in paths.items() if (found := sorted(path.glob("*.ipynb")))},
        release,
        _notebook(place.root / "source" / lab),
        json.loads(slips.read_text(encoding="utf-8"))["exercises"] if slips.exists() else None,
    )


def _notebook(folder: Path) -> Notebook:
    """The notebook in a folder, {} if there is none."""
    for path in sorted(folder.glob("*.ipynb")):
        return read_notebook(path)
    return {}


def read_notebook(path: Path) -> Notebook:
    """A recorded notebook, as plain data; a class's notebooks are read one at a time.

    Raises: ValueError naming the file if it was damaged
    """
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except ValueError as problem:
        raise ValueError(f"{path}: is damaged ({problem}); grade its submission again with --force") from None


def _by_hand(place: Place) -> Callable[[str], dict[str, Manual]]:
    """What people graded, from nbgrader's database, which may be gone."""
    from autograder.grade.database import is_there
    from autograder.grade.gradebook import Book

    if not is_there(place.gradebook):
        return lambda lab: {}

    with Book(place.gradebook) as book:
        found = {lab: book.manual(lab) for lab in place.labs()}
    return found.__getitem__
