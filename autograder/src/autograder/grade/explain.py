"""Why a submission earned its score: for teaching assistants, from what was recorded, nothing is run again."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from autograder.grade.cases import case_seed
from autograder.grade.ids import clean
from autograder.grade.model import ExerciseResult
from autograder.grade.place import Place
from autograder.grade.words import CASE_WORDS, points
from autograder.lab import HiddenTests


def explain(
    out: Path, lab: str, student: str, exercise: str | None = None, hidden: HiddenTests | None = None
) -> list[str]:
    """Lines that tell, per case, how it ended and what the comparison saw; of a lost one of `hidden` also what it ran.

    Raises: ValueError if nothing is recorded for this lab, student or exercise
    """
    place = Place(Path(out))
    outcomes = place.outcomes(lab)
    if not outcomes:
        raise ValueError(f"{out}: no results of {lab}; grade it first with 'autograder grade {lab} PATH --out {out}'")
    outcome = outcomes.get(clean(student))
    if outcome is None:
        raise ValueError(f"{lab}: no submission of {student!r}; there are: {', '.join(outcomes)}")
    if outcome.marked is None:
        return [f"{student}, {lab}: {outcome.status}: {outcome.message}"]
    chosen = [each for each in outcome.marked.exercises if exercise in (None, each.exercise)]
    if not chosen:
        known = ", ".join(each.exercise for each in outcome.marked.exercises)
        raise ValueError(f"{lab}: no exercise {exercise!r}; there are: {known}")
    lines = [f"{student}, {lab}: {points(outcome.marked.score, outcome.marked.max_score)} points, from {outcome.file}"]
    lines += [f"  {event.kind}: {event.text}" for event in outcome.marked.events] if exercise is None else []
    inputs = _inputs(lab, hidden, place.seed(lab))
    lines += [line for each in chosen for line in _exercise(each, inputs)]
    # a value may hold what a terminal would obey
    return [line[: len(line) - len(line.lstrip(" "))] + clean(line) for line in lines]


def _inputs(lab: str, hidden: HiddenTests | None, seed: int | None) -> dict[str, list[str]]:
    """What each case ran, with the seed of its own that its inputs were drawn with, by the case's id."""
    if hidden is None or seed is None:
        return {}
    return {case.id: [f"seed = {case_seed(seed, lab, case)}", *case.code.splitlines()] for case in hidden.cases}


def _exercise(result: ExerciseResult, inputs: Mapping[str, list[str]]) -> list[str]:
    lines = [f"{result.exercise} {result.title}: {points(result.earned, result.points)}"]
    lines += [f"  {result.note}"] if result.note else []
    for case in result.cases:
        lines.append(f"  [{CASE_WORDS.get(case.status, case.status)}] {case.case}: {points(case.earned, case.points)}")
        if case.status != "pass":
            lines += [f"      {line}" for line in case.detail.splitlines()]
            lines += [f"      | {line}" for line in inputs.get(f"{case.exercise}: {case.case}", ())]
    return lines
