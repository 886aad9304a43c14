"""Which submissions are alike, by what few others wrote or by nearly all that they hold.

A right answer of three lines is alike for everyone: a shingle that more than a few hand in is no evidence. So a pair is
listed if it shares enough shingles with each other and few else, or if one submission stands nearly whole in the other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from autograder.report.fingerprint import Print, Prints, Shingles

# shared by more than this many, or this share of a class, a shingle is common
FEW, FEW_SHARE = 3, 0.05
# a pair is listed from this many rare shingles on, with one answer this much alike ...
EVIDENCE, ALIKE = 10, 0.6
# ... or if this share of the shorter submission, which has at least so many shingles, stands in the other
WHOLE, LEAST = 0.85, 100
BLOCK = 4096

Parts = Mapping[str, Mapping[str, Shingles]]


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


def compare_class(prints: Mapping[str, Prints], given: Prints) -> Alike:
    """Compare all submissions of a lab; `given` is what the lab itself gives, which counts for nobody."""
    parts = {student: _without(each, given) for student, each in prints.items()}
    groups: dict[Shingles, list[str]] = {}
    for student, each in sorted(parts.items()):
        whole = frozenset(shingle for found in each.values() for shingle in found)
        if len(whole) >= EVIDENCE:
            groups.setdefault(whole, []).append(student)
    pairs = [_pair(*found, parts, prints) for found in _candidates({each[0]: whole for whole, each in groups.items()})]
    listed = [pair for pair in pairs if pair.alike or pair.whole >= WHOLE]
    listed.sort(key=lambda pair: (-pair.whole if pair.whole >= WHOLE else 0.0, -pair.evidence, pair.one, pair.other))
    return Alike([tuple(members) for members in groups.values() if len(members) > 1], listed)


def _without(prints: Prints, given: Prints) -> dict[str, Shingles]:
    nothing = Print(frozenset(), 0)
    return {exercise: each.shingles - given.get(exercise, nothing).shingles for exercise, each in prints.items()}


def _candidates(wholes: Mapping[str, Shingles]) -> Iterator[tuple[str, str, int, float]]:
    """The pairs that share enough: who, how many rare shingles, which share of the shorter submission."""
    students = list(wholes)
    sizes = np.array([len(whole) for whole in wholes.values()])
    common, rare = _shared(list(wholes.values()))
    shorter = np.minimum.outer(sizes, sizes)
    share = common / np.maximum(shorter, 1)
    enough = (rare >= EVIDENCE) | ((share >= WHOLE) & (shorter >= LEAST))
    for i, j in np.argwhere(np.triu(enough, k=1)):
        yield students[i], students[j], int(rare[i, j]), float(share[i, j])


def _shared(wholes: Sequence[Shingles]) -> tuple[np.ndarray, np.ndarray]:
    """For each two submissions, how many shingles both hold, and how many of these only few hold."""
    holders: dict[int, list[int]] = {}
    for i, whole in enumerate(wholes):
        for shingle in whole:
            holders.setdefault(shingle, []).append(i)
    few = max(FEW, int(FEW_SHARE * len(wholes)))
    repeated = [who for who in holders.values() if len(who) > 1]
    rare = _count([who for who in repeated if len(who) <= few], len(wholes))
    return rare + _count([who for who in repeated if len(who) > few], len(wholes)), rare


def _count(holders: Sequence[Sequence[int]], n: int) -> np.ndarray:
    """How often each two of n submissions stand in the same list; exact, counts stay far below 2^24."""
    total = np.zeros((n, n), dtype=np.float32)
    for start in range(0, len(holders), BLOCK):
        block = holders[start : start + BLOCK]
        holds = np.zeros((n, len(block)), dtype=np.float32)
        for column, who in enumerate(block):
            holds[who, column] = 1
        total += holds @ holds.T
    return total


def _pair(one: str, other: str, evidence: int, whole: float, parts: Parts, prints: Mapping[str, Prints]) -> Pair:
    both = [exercise for exercise in parts[one] if parts[one][exercise] and parts[other].get(exercise)]
    alike = {exercise: _overlap(parts[one][exercise], parts[other][exercise]) for exercise in both}
    verbatim = frozenset(exercise for exercise in both if prints[one][exercise].text == prints[other][exercise].text)
    return Pair(one, other, evidence, whole, {e: share for e, share in alike.items() if share >= ALIKE}, verbatim)


def _overlap(one: Shingles, other: Shingles) -> float:
    return len(one & other) / min(len(one), len(other))
