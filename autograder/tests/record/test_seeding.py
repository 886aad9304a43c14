"""When the marks of a newly drawn seed begin to count."""

from __future__ import annotations

import nbformat
import pytest
from autograder.grade.model import Marked
from autograder.grade.outcome import marked_to_json
from autograder.grade.place import Place
from autograder.grade.seeding import Seeding, Unfair
from autograder.run.pool import Reply
from autograder.run.process import GradingImpossible

MARKED = marked_to_json(Marked("lab99", "v", ()))


class Known:
    """Two known answers; it takes what it is told to."""

    def __init__(self, verdict=True):
        self.verdict = verdict

    def notebooks(self):
        return [nbformat.v4.new_notebook(), nbformat.v4.new_notebook()]

    def fair(self, seed, marks):
        assert len(marks) == 2
        return self.verdict


@pytest.fixture
def proven(tmp_path):
    """The numbers of the submissions' replies that are let through, beside those that came in by then."""

    def run(order, known, **faults):
        seeding, came = Seeding(Place(tmp_path), "lab99", known, write=True), []

        def replies():
            for number in order:
                came.append(number)
                yield Reply(number, None if number in faults.get("faulty", ()) else MARKED, fault="no kernel")

        mark = lambda seed: [(reply.number, tuple(came)) for reply in seeding.proven(replies())]
        return seeding.settle(tmp_path, mark)

    return run


def test_replies_are_held_until_the_last_known_answer_is_in(proven):
    assert proven([0, 2, 3, 1, 4], Known()) == [(0, (0, 2, 3, 1)), (1, (0, 2, 3, 1)), (2, (0, 2, 3, 1, 4))]


def test_without_known_answers_each_reply_counts_at_once(proven):
    assert proven([0, 1], None) == [(0, (0,)), (1, (0, 1))]


def test_with_a_kept_seed_nothing_is_proven_again(proven, tmp_path):
    Place(tmp_path).save_seed("lab99", 7)
    assert proven([0, 1], Known(verdict=False)) == [(0, (0,)), (1, (0, 1))]


def test_a_known_answer_that_cannot_be_marked_is_no_verdict_on_the_seed(proven):
    with pytest.raises(GradingImpossible, match="a known answer cannot be marked: no kernel"):
        proven([2, 0, 1], Known(), faulty=(1,))


def test_an_unfair_seed_lets_nothing_through(tmp_path):
    seeding = Seeding(Place(tmp_path), "lab99", Known(verdict=False), write=True)
    let_through = []

    def mark(seed):
        for reply in seeding.proven([Reply(2, MARKED), Reply(0, MARKED), Reply(1, MARKED)]):
            let_through.append(reply)

    with pytest.raises(ValueError, match="no fair seed in 20 draws"):
        seeding.settle(tmp_path, mark)
    assert let_through == []
    assert Place(tmp_path).seed("lab99") is None
    with pytest.raises(Unfair):
        mark(1)
