"""Predictions: committed before the result is shown, marked beside it where there is a figure, never raising."""

from __future__ import annotations

import matplotlib
import pytest
import torch
from effdl.plots import network, pruning, reveal
from effdl.plots.predictions import HeldBack, compare_guess, is_blank, mark_choice, mark_guesses
from effdl.plots.style import panels
from effdl.student import session

matplotlib.use("agg")
GAUSSIAN, TRAINED = {"fine": 0.93, "channel": 0.53}, {"fine": 0.95, "channel": 0.6}
SHARES, SIZES = [0.0, 0.5, 1.0], {"dense": [4096, 4096, 4096], "bitmask": [5000, 3000, 100]}
DRAWINGS = [
    (
        lambda guess: pruning.kept_energy(GAUSSIAN, TRAINED, guess=guess),
        {"fine": 90, "channel": 20},
        "fine 90, off by 3",
    ),
    (
        lambda guess: pruning.stored_size(SHARES, SIZES, guess=guess),
        {"bitmask": 2500, "faster": 2},
        "bitmask 2500, off by 500",
    ),
    (lambda guess: network.batch_sizes([1, 200], [10.0, 94.0], 93.0, guess=guess), {1: 30, 200: 94}, "1 30, off by 20"),
]


@pytest.fixture
def cell(monkeypatch):
    """A cell that is running, in a kernel that has seen no guess yet."""
    monkeypatch.setattr(session, "_guesses", {})
    monkeypatch.setattr(session, "running", lambda: "reveal(guess, 93)")


def test_the_first_guess_is_shown_beside_one_changed_after_the_result(cell, capsys):
    reveal(90, 93, "%")
    reveal(93, 93, "%")
    reveal(90, 93, "%")
    first, second, third = capsys.readouterr().out.splitlines()
    assert first == third == "you said 90 %, it is 93 %, off by 3"
    assert second == "it is 93 %, as you said (your first guess, before you saw it: 90 %)"


def test_a_blank_is_no_first_guess(cell, capsys):
    reveal({"a": None}, {"a": 3})
    reveal({"a": 2}, {"a": 3})
    assert capsys.readouterr().out.splitlines()[1] == "a: you said 2, it is 3, off by 1"


def test_guesses_of_two_cells_and_two_names_are_apart(cell, capsys, monkeypatch):
    reveal({"a": 1, "b": 2}, {"a": 1, "b": 1})
    monkeypatch.setattr(session, "running", lambda: "another cell")
    reveal({"a": 3, "b": 4}, {"a": 1, "b": 1})
    assert "first guess" not in capsys.readouterr().out


@pytest.mark.parametrize("guess", ["many", [1, 2], object(), float("nan"), True, torch.ones(3)])
def test_committing_never_raises_whatever_was_guessed(cell, guess, capsys):
    for said in (guess, 3.0, guess):
        reveal(said, 3.0)
    assert "it is 3.0" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("guess", "blank"), [(None, True), ({"a": None}, True), ({"a": {"b": None}}, True), (0, False)]
)
def test_a_prediction_is_blank_if_every_entry_is(guess, blank):
    assert is_blank(guess) is blank
    assert not is_blank({"a": None, "b": 1})


@pytest.mark.parametrize(("draw", "guess", "told"), DRAWINGS)
def test_a_figure_marks_the_guess_and_its_error_and_says_so(draw, guess, told):
    assert told in draw(guess).alt
    assert draw(guess).png != draw(None).png
    assert "guess" not in draw(None).alt


@pytest.mark.parametrize(("draw", "guess"), [row[:2] for row in DRAWINGS])
def test_a_figure_waits_for_a_blank_prediction(draw, guess, capsys):
    held = draw(dict.fromkeys(guess))
    assert isinstance(held, HeldBack)
    held._ipython_display_()
    assert "put it in place of None" in capsys.readouterr().out


@pytest.mark.parametrize("guess", ["many", float("nan"), float("inf"), 1e9, True, None, [1]])
@pytest.mark.parametrize("draw", [row[0] for row in DRAWINGS])
def test_a_guess_that_cannot_be_drawn_is_left_out_and_not_raised(draw, guess):
    assert draw({"fine": guess, "bitmask": guess, 1: guess, "other": 0}).png


def test_the_axes_grow_for_a_guess_nearby_and_not_for_one_far_away():
    _, ax = panels()
    ax.set(xlim=(0, 10), ylim=(10, 0))
    words = mark_guesses(ax, {"near": 12, "far": 1000}, {"near": 5, "far": 5}, lambda name, value: (value, 1))
    assert ax.get_xlim()[1] > 12
    assert ax.get_xlim()[1] < 20
    assert ax.get_ylim() == (10, 0)
    assert "near 12, off by 7; far 1000, off by 1000" in words
    matplotlib.pyplot.close()


def test_the_words_stand_where_they_are_put():
    _, ax = panels()
    mark_guesses(ax, {"a": 0.4}, {"a": 0.5}, lambda _, value: (value, 0.5), offset=(-7, 13))
    assert [(text.get_text(), text.xyann) for text in ax.texts] == [("your guess", (-7, 13))]
    matplotlib.pyplot.close()


def test_an_error_that_only_the_machine_makes_is_none():
    _, ax = panels()
    words = mark_guesses(ax, {"a": 10, "b": 10}, {"a": 10.000001, "b": 10.234}, lambda name, value: (0, value))
    assert words == " Your guesses: a 10, right; b 10, off by 0.23."
    matplotlib.pyplot.close()


def test_a_logarithmic_axis_grows_by_factors_and_has_no_place_for_zero():
    _, ax = panels()
    ax.set(xscale="log", yscale="log", xlim=(1, 100), ylim=(100, 1))
    words = mark_guesses(ax, {"a": 0.5, "b": 0, "c": -1}, dict.fromkeys("abc", 5), lambda name, value: (10, value))
    assert 0.2 < ax.get_ylim()[1] < 0.5
    assert (ax.get_ylim()[0], ax.get_xlim()) == (100, (1, 100))
    assert len(ax.lines) == 2  # one diamond and the line to its result
    assert "a 0.5, off by 4.5; b 0, off by 5; c -1, off by 6" in words
    matplotlib.pyplot.close()


PLACES = {"SNIP": (1, 2), "GraSP": (3, 4), 4: (5, 6)}


@pytest.mark.parametrize(
    ("guess", "tag", "at", "words"),
    [
        (" grasp ", "your guess, right", (3, 4), " Your guess:  grasp , right."),
        ("SNIP", "your guess, wrong", (1, 2), " Your guess: SNIP, it is GraSP."),
        (4, "your guess, wrong", (5, 6), " Your guess: 4, it is GraSP."),
        ({"method": "GraSP", "points": 3}, "your guess, right", (3, 4), " Your guess (method): GraSP, right."),
    ],
)
def test_what_was_chosen_is_tagged_at_its_place(guess, tag, at, words):
    _, ax = panels()
    assert mark_choice(ax, guess, "GraSP", PLACES, entry="method" if isinstance(guess, dict) else "") == words
    assert [text.get_text() for text in ax.texts] == [tag]
    assert (ax.texts[0].xy, [tuple(line.get_xydata()[0]) for line in ax.lines]) == (at, [at])
    matplotlib.pyplot.close()


@pytest.mark.parametrize(
    ("guess", "words"),
    [
        (None, ""),
        ({"method": None}, ""),
        ({}, ""),
        ("none", " Your guess: none, none of those drawn; it is GraSP."),
        (float("nan"), " Your guess: nan, none of those drawn; it is GraSP."),
        ("x" * 99, f" Your guess: {'x' * 60}, none of those drawn; it is GraSP."),
    ],
)
def test_a_choice_that_is_none_is_not_drawn(guess, words):
    _, ax = panels()
    assert mark_choice(ax, guess, "GraSP", PLACES, entry="method" if isinstance(guess, dict) else "") == words
    assert not ax.texts
    assert not ax.lines
    matplotlib.pyplot.close()


def test_outside_a_notebook_nothing_is_committed(capsys):
    reveal(1, 2)
    reveal(2, 2)
    assert "first guess" not in capsys.readouterr().out
    assert compare_guess("", 1, 2) == "you said 1, it is 2, off by 1"
