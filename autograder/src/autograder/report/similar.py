"""Which submissions are alike, by what few others wrote or by nearly all that they hold.

A right answer of three lines is alike for everyone: a shingle that more than a few hand in is no evidence. So a pair is
listed if it shares enough shingles with each other and few else, or if one submission stands nearly whole in the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from autograder.report.fingerprint import Print, Prints, Shingles

# shared by more than this many, or this share of a class, a shingle is common
FEW, FEW_SHARE = 3, 0.05
# a pair is listed from this many rare shingles on, with one answer this much alike ...
EVIDENCE, ALIKE = 10, 0.6
# ... or if this share of the shorter submission, which has at least so many shingles, stands in the other
WHOLE, LEAST = 0.85, 100
BLOCK = 1024
NOTHING: Shingles = np.zeros(0, dtype=np.int64)


@dataclass(frozen=True)
class Pair:
    """Two submissions: the rare shingles and the share of the shorter one that they have in common.

    `alike` maps an exercise to the share of its shorter answer that stands in the other; `verbatim` are those with the
    same text.
    """

    one: str
    other: str
    evidence: int
    whole: float
    alike: dict[str, float]
    verbatim: frozenset[str]


@dataclass(frozen=True)
class Alike:
    """What was found in a class: sets of equal submissions, pairs of similar ones (one of each set stands for it)."""

    equal: list[tuple[str, ...]]
    pairs: list[Pair]


def compare_class(prints: Iterable[tuple[str, Prints]], given: Prints) -> Alike:
    """Compare all submissions of a lab, by student; `given` is what the lab itself gives, which counts for nobody."""
    parts = {student: {e: _without(each, given.get(e)) for e, each in found.items()} for student, found in prints}
    wholes = {student: _union(parts[student]) for student in sorted(parts)}
    groups: dict[bytes, list[str]] = {}
    for student, whole in wholes.items():
        if len(whole) >= EVIDENCE:
            groups.setdefault(whole.tobytes(), []).append(student)
    pairs = [_pair(*found, parts) for found in _candidates({each[0]: wholes[each[0]] for each in groups.values()})]
    listed = [pair for pair in pairs if pair.alike or pair.whole >= WHOLE]
    listed.sort(key=lambda pair: (-pair.whole if pair.whole >= WHOLE else 0.0, -pair.evidence, pair.one, pair.other))
    return Alike([tuple(members) for members in groups.values() if len(members) > 1], listed)


def _without(each: Print, given: Print | None) -> Print:
    return each if given is None else Print(np.setdiff1d(each.shingles, given.shingles, assume_unique=True), each.text)


def _union(prints: Prints) -> Shingles:
    return np.unique(np.concatenate([NOTHING, *(each.shingles for each in prints.values())]))


def _candidates(wholes: Mapping[str, Shingles]) -> Iterator[tuple[str, str, int, float]]:
    """The pairs that share enough: who, how many rare shingles, which share of the shorter submission."""
    students = list(wholes)
    sizes = np.array([len(whole) for whole in wholes.values()])
    common, rare = _shared(list(wholes.values())) if wholes else ((), ())
    for i, one in enumerate(students):
        shorter = np.minimum(sizes, sizes[i])
        share = common[i] / np.maximum(shorter, 1)
        enough = (rare[i] >= EVIDENCE) | ((share >= WHOLE) & (shorter >= LEAST))
        for j in np.flatnonzero(enough[i + 1 :]) + i + 1:
            yield one, students[j], int(rare[i, j]), float(share[j])


def _shared(wholes: Sequence[Shingles]) -> tuple[np.ndarray, np.ndarray]:
    """For each two submissions, how many shingles both hold, and how many of these only few hold."""
    distinct = np.unique(np.concatenate(wholes))
    column = np.concatenate([np.searchsorted(distinct, whole).astype(np.int32) for whole in wholes])
    start = np.cumsum([0, *map(len, wholes)], dtype=np.int32)
    ones = np.ones(len(column), dtype=np.float32)
    holders = np.bincount(column, minlength=len(distinct))
    holds = csr_array((ones, column, start), shape=(len(wholes), len(distinct)))
    few = max(FEW, int(FEW_SHARE * len(wholes)))
    rarely = holds[:, (holders > 1) & (holders <= few)]
    rare = (rarely @ rarely.T).toarray()
    return rare + _count(holds[:, holders > few]), rare


def _count(holds: csr_array) -> np.ndarray:
    """How many columns each two rows share; exact, counts stay far below 2^24."""
    total = np.zeros((holds.shape[0],) * 2, dtype=np.float32)
    for start in range(0, holds.shape[1], BLOCK):
        block = holds[:, start : start + BLOCK].toarray()
        total += block @ block.T
    return total


def _pair(one: str, other: str, evidence: int, whole: float, parts: Mapping[str, Prints]) -> Pair:
    mine, theirs = parts[one], parts[other]
    both = [exercise for exercise in mine if len(mine[exercise].shingles) and len(_of(theirs, exercise))]
    alike = {exercise: _overlap(mine[exercise].shingles, theirs[exercise].shingles) for exercise in both}
    verbatim = frozenset(exercise for exercise in both if mine[exercise].text == theirs[exercise].text)
    return Pair(one, other, evidence, whole, {e: share for e, share in alike.items() if share >= ALIKE}, verbatim)


def _of(prints: Prints, exercise: str) -> Shingles:
    return prints[exercise].shingles if exercise in prints else NOTHING


def _overlap(one: Shingles, other: Shingles) -> float:
    return len(np.intersect1d(one, other, assume_unique=True)) / min(len(one), len(other))
