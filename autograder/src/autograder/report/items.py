"""Item statistics: how hard an exercise or a case is, and whether those who are good at the rest are good at it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import StatisticsError, correlation, fmean, median, quantiles

from autograder.grade.model import CaseResult, ExerciseResult
from autograder.report.gather import Graded

BINS = 10
# fewer submissions than this say little about an exercise
ENOUGH = 10
WEAK = 0.2


@dataclass(frozen=True)
class Item:
    """One exercise: `mean` is the mean share of its points, `discrimination` its item-rest correlation."""

    exercise: str
    title: str
    points: float
    mean: float
    full: int
    none: int
    missing: int
    discrimination: float | None


@dataclass(frozen=True)
class CaseItem:
    """One hidden case: how many submissions lost points on it, and how they ended."""

    exercise: str
    case: str
    hint: str
    points: float
    lost: int
    graded: int
    ends: Counter[str]


def summary(scores: Sequence[float]) -> dict[str, float]:
    """Mean, median, quartiles and extremes; {} of nothing."""
    if not scores:
        return {}
    low, _, high = quantiles(scores, n=4, method="inclusive") if len(scores) > 1 else [scores[0]] * 3
    named = {"lowest": min(scores), "first quartile": low, "median": median(scores), "mean": fmean(scores)}
    return named | {"third quartile": high, "highest": max(scores)}


def distribution(scores: Sequence[float], top: float) -> tuple[list[int], list[float]]:
    """How many scores fall into each of ten equal bins, and the bins' edges; a full score is in the last bin."""
    edges = [top * i / BINS for i in range(BINS + 1)]
    counts = [0] * BINS
    for score in scores:
        counts[min(max(int(BINS * score / top), 0), BINS - 1) if top else 0] += 1
    return counts, edges


def items(graded: Graded) -> list[Item]:
    """The exercises of a lab, in its order."""
    found: dict[str, dict[str, ExerciseResult]] = {}
    for student, results in graded.marked().items():
        for result in results:
            found.setdefault(result.exercise, {})[student] = result
    return [_item(graded, results) for results in found.values()]


def _item(graded: Graded, results: dict[str, ExerciseResult]) -> Item:
    first = next(iter(results.values()))
    earned = [graded.points(student, result) for student, result in results.items()]
    rest = [graded.total(student) - own for student, own in zip(results, earned, strict=True)]
    return Item(
        first.exercise,
        first.title,
        first.points,
        mean=fmean(earned) / first.points if first.points else 0.0,
        full=sum(own >= first.points for own in earned),
        none=sum(own <= 0 for own in earned),
        missing=sum(all(case.status == "missing" for case in result.cases) for result in results.values()),
        discrimination=_correlation(earned, rest),
    )


def _correlation(one: Sequence[float], other: Sequence[float]) -> float | None:
    """Pearson's correlation; None where it is not defined."""
    if len(one) < 3:
        return None
    try:
        return correlation(one, other)
    except StatisticsError:  # one of them is constant
        return None


def case_items(graded: Graded) -> list[CaseItem]:
    """The hidden cases of a lab, in the order of the exercises; a case that came later has fewer submissions."""
    found: dict[tuple[str, str], list[CaseResult]] = {}
    for results in graded.marked().values():
        for case in (case for result in results for case in result.cases):
            found.setdefault((case.exercise, case.case), []).append(case)
    return [_case_item(cases) for cases in found.values()]


def _case_item(cases: Sequence[CaseResult]) -> CaseItem:
    last = cases[-1]
    ends = Counter(case.status for case in cases if case.status != "pass")
    return CaseItem(last.exercise, last.case, last.hint, last.points, ends.total(), len(cases), ends)
