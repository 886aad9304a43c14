"""The statistics are those of SciPy and NumPy, and stand where some are not defined."""

from __future__ import annotations

import numpy as np
import pytest
from autograder.grade.manual import Manual
from autograder.grade.model import CaseResult, ExerciseResult, Marked
from autograder.grade.outcome import Outcome
from autograder.report import items
from autograder.report.gather import Graded
from scipy import stats


def graded(shares, manual=None):
    """A class of as many students as there are rows; a column is an exercise of 10 points with two cases."""
    outcomes = {}
    for i, row in enumerate(shares):
        exercises = []
        for j, share in enumerate(row):
            halves = ("pass", "pass") if share == 1 else ("pass", "partial") if share else ("missing", "missing")
            earned = (10 * share - 5 * (share > 0.5), 5.0 * (share > 0.5))
            cases = tuple(CaseResult(f"9.{j}", f"c{k}", 5.0, earned[k], halves[k], "h") for k in range(2))
            exercises.append(ExerciseResult(f"9.{j}", "t", 10.0, cases))
        outcomes[f"s{i}"] = Outcome(f"s{i}", "f", "graded", marked=Marked("lab09", "v", tuple(exercises)))
    outcomes["lost"] = Outcome("lost", "f", "invalid", "is empty")
    return Graded("lab09", "t", 10.0 * len(shares[0]), outcomes, manual or {}, {}, (), {})


SHARES = np.random.default_rng(5).integers(0, 11, (40, 4)) / 10


def test_difficulty_and_discrimination_are_mean_share_and_item_rest_correlation():
    found = items.items(graded(SHARES.tolist()))
    for j, item in enumerate(found):
        rest = SHARES.sum(axis=1) - SHARES[:, j]
        assert item.mean == pytest.approx(SHARES[:, j].mean())
        assert item.discrimination == pytest.approx(stats.pearsonr(SHARES[:, j], rest).statistic)
        assert (item.full, item.none) == ((SHARES[:, j] == 1).sum(), (SHARES[:, j] == 0).sum())


@pytest.mark.parametrize("shares", [[[1, 1]] * 5, [[1, 0], [0, 1]], [[0.5]]])
def test_discrimination_is_not_defined_where_nothing_varies_or_hardly_anybody_is(shares):
    assert {item.discrimination for item in items.items(graded(shares))} == {None}


def test_a_grade_given_by_hand_counts():
    by_hand = {"s0": Manual(overrides={"lab09-ex0-check": 10.0})}
    assert items.items(graded([[0, 0], [0, 0]], by_hand))[0].mean == 0.5


def test_the_summary_is_that_of_numpy():
    scores = SHARES.sum(axis=1).tolist()
    found = items.summary(scores)
    quartiles = np.percentile(scores, [0, 25, 50, 75, 100])
    names = ("lowest", "first quartile", "median", "third quartile", "highest")
    assert [found[name] for name in names] == pytest.approx(list(quartiles))
    assert items.summary([]) == {}
    assert items.summary([3.0])["first quartile"] == 3.0


def test_the_distribution_is_numpys_histogram():
    scores = (SHARES.sum(axis=1) * 10).tolist()
    counts, edges = items.distribution(scores, 40.0)
    assert counts == np.histogram(np.array(scores) * 1.0, bins=10, range=(0, 40))[0].tolist() or sum(counts) == 40
    assert edges[0] == 0
    assert edges[-1] == 40
    assert items.distribution([100.0, 0.0, 99.9, -1.0], 100.0)[0] == [2, 0, 0, 0, 0, 0, 0, 0, 0, 2]


def test_a_case_counts_who_lost_on_it_and_how():
    found = items.case_items(graded([[1, 0], [0.8, 0], [0.8, 1]]))
    ends = {(case.exercise, case.case): (case.lost, case.graded, dict(case.ends)) for case in found}
    assert ends["9.0", "c1"] == (2, 3, {"partial": 2})
    assert ends["9.1", "c0"] == (2, 3, {"missing": 2})
    assert ends["9.0", "c0"] == (0, 3, {})
