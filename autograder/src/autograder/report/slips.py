"""Which known slip a failing answer is: it loses the same hidden cases as a known wrong answer, in the same way.

All submissions of an assignment see the same inputs. So the wrong answers of `autograder/wrong/` are marked once with
the assignment's seed, and what the comparison saw (how many elements differ, which shape came back) is a fingerprint of
a wrong result. An answer with two slips, or with one that nobody foresaw, matches none.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from autograder.course import Course
from autograder.grade.files import write_json
from autograder.grade.fingerprint import Keys
from autograder.grade.model import CaseResult, ExerciseResult
from autograder.grade.place import Place
from autograder.lab import Lab
from autograder.prove.seed import KnownAnswers
from autograder.report.gather import slips_path

NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e[-+]?\d+)?")
Known = Sequence[dict[str, Any]]
Mark = tuple[str, float, str]


@dataclass(frozen=True)
class Match:
    """The slips that explain a failing answer; `exact` if the wrong results agree and not only the lost cases."""

    says: tuple[str, ...]
    exact: bool


def record_slips(lab: Lab, place: Place, known: KnownAnswers) -> bool:
    """Keep the results of a lab's known wrong answers, unless that was done; whether it was needed.

    Raises: ValueError if there are none; IsolationUnavailable
    """
    key, path = _key(known.course, lab, place), slips_path(place, lab.name)
    if path.exists() and json.loads(path.read_text(encoding="utf-8"))["key"] == key:
        return False
    found: dict[str, list[dict[str, Any]]] = {exercise.id: [] for exercise in lab.exercises}
    for trial, marked in known.marked(place.seed(lab.name)):
        for result in marked.exercises:
            if trial.rules.get(result.exercise) == "loses":
                cases = {case.case: _mark_of(case) for case in result.cases}
                found[result.exercise].append({"says": trial.subject[result.exercise], "cases": cases})
    write_json(path, {"key": key, "exercises": found})
    return True


def _key(course: Course, lab: Lab, place: Place) -> str:
    """What the results depend on, as one hash: not on what cases are worth or hint at."""
    answers = [path.read_bytes() for path in sorted(course.wrong(lab.name).glob("ex*.py"))]
    parts = [Keys(course, lab, place.seed(lab.name)).every.encode(), *answers]
    return hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()


def match(result: ExerciseResult, known: Known) -> Match | None:
    """The known slips whose results are those of a failing answer; of a right or blank one, None.

    Where no wrong result agrees, the slips that lose exactly the same cases, unless those are all the cases.
    """
    lost = [case for case in result.cases if case.status != "pass"]
    if not lost or all(case.status in ("missing", "not_run") for case in lost):
        return None
    mine = {case.case: _mark_of(case) for case in result.cases}
    same = [slip for slip in known if _ends(slip["cases"]) == _ends(mine)]
    exact = [slip for slip in same if all(_alike(slip["cases"][name][2], mark[2]) for name, mark in mine.items())]
    if exact:
        return Match(_says(exact), True)
    return Match(_says(same), False) if same and len(lost) < len(result.cases) else None


def _mark_of(case: CaseResult) -> Mark:
    """How a case ended, its share of the points and what was seen; of an error only its class."""
    seen = case.detail.split(":")[0] if case.status == "error" else case.detail
    return case.status, round(case.earned / case.points, 3) if case.points else 0.0, seen


def _alike(one: str, other: str) -> bool:
    """Whether two texts are the same but for rounding of the numbers in them."""
    if NUMBER.sub("#", one) != NUMBER.sub("#", other):
        return False
    pairs = zip(NUMBER.findall(one), NUMBER.findall(other), strict=True)
    return all(math.isclose(float(a), float(b), rel_tol=1e-3) for a, b in pairs)


def _ends(marks: Mapping[str, Sequence[Any]]) -> dict[str, tuple[Any, ...]]:
    """How each case ended, and the share of its points, without what was seen."""
    return {name: tuple(mark[:2]) for name, mark in marks.items()}


def _says(slips: Iterable[dict[str, Any]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(slip["says"] for slip in slips))
