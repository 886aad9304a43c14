"""Drawings and widgets of the sparse engine: what they say is computed, described, and safe with any function."""

import matplotlib
import numpy as np
import pytest
import torch
from effdl import eie, eie_examples, pe
from effdl.plots import eie as pictures
from effdl.plots import eie_costs, eie_widgets
from effdl.plots.predictions import HeldBack
from effdl.plots.style import COLORS, PALE
from effdl.plots.widget import frame_or_note

matplotlib.use("agg")

SMALL = torch.tensor([[2, 0], [1, 3]])


def a_picture(drawn):
    assert drawn.png.startswith(b"\x89PNG")
    return drawn.alt


def test_what_is_left_of_the_work_is_the_share_of_both():
    said = a_picture(pictures.work_left({"a": (0.1, 0.5, 0.06), "b": (0.2, 0.4, 0.08)}))
    assert said.startswith("Skipping both leaves 6.0 to 8.0 % of the multiplications")
    assert "a: 10, 50, 6.0" in said


def test_the_smallest_width_of_a_column_is_named_and_its_padding_counted():
    codes = [0] * 8 + [7]
    encoded = {bits: eie.encode_column(torch.tensor(codes), bits) for bits in (1, 2, 4)}
    said = a_picture(pictures.encoded_columns(codes, encoded))
    assert said.startswith("This column is smallest with 4 bits for z: 8 bits")
    assert "2 bits of index: 3 entries of 4 + 2 bits, 2 padding, 18 bits" in said
    assert "1 bit of index: 5 entries" in said


def test_an_element_s_lists_stand_beside_the_matrix():
    codes = eie_examples.paper_example()
    said = a_picture(pictures.dealt_rows(codes, eie.interleave(codes, 4, eie.encode_column)))
    assert "element 0 stores 13 entries and 9 pointers" in said
    assert "p = [0, 3, 4, 6, 6, 8, 10, 11, 13]" in said


def test_timelines_compare_the_first_depth_with_the_last():
    schedules = {depth: pe.pe_schedule(SMALL, depth) for depth in (1, 2)}
    said = a_picture(pictures.timelines(SMALL, schedules))
    assert said.startswith("Queues of 2 take 4 cycles for what queues of 1 do in 5")


def test_the_fullest_element_is_compared_with_the_mean():
    said = a_picture(pictures.loads({"plain": [10, 30], "even": [20, 20]}))
    assert said.startswith("The fullest holds 50 % more than the mean (plain), 0 % (even)")


def test_utilization_names_every_matrix():
    values = np.array([[0.5, 0.9], [0.2, 0.3]])
    said = a_picture(eie_costs.utilization((4, 8), (1, 8), {"real": values, "made up": values}))
    assert "real: 4 elements 50 to 90, 8 elements 20 to 30" in said


def test_the_best_width_is_in_the_title():
    said = a_picture(eie_costs.widths([1, 2, 3], {"a": [3.0, 1.0, 2.0]}, {"a": 1.5}))
    assert said.startswith("Best width: 2 bits (a)")
    assert "bitmask 1.50" in said


def test_the_smallest_format_is_in_the_title():
    said = a_picture(eie_costs.formats({"a": {"dense": 4.0, "EIE": 1.0}, "b": {"dense": 4.0, "bitmask": 1.5}}))
    assert said.startswith("Smallest: EIE (a), bitmask (b)")


def test_quality_is_compared_with_the_baseline():
    said = a_picture(eie_costs.quality({"dense": (100.0, 92.0), "small": (10.0, 91.0)}))
    assert said.startswith("small: 10.0 times smaller, 1.0 points below the baseline")


LEFT = {"a": (0.1, 0.5, 0.06), "b": (0.2, 0.4, 0.08)}
GUESSED = [
    (
        lambda guess: pictures.work_left(LEFT, guess=guess),
        {"b": 5},
        [(5, 1)],
        "Your guesses: b 5, off by 3.",
    ),
    (
        lambda guess: pictures.loads({"plain": [10, 30], "even": [20, 20]}, guess=guess),
        {"plain": 20, "even": 0},
        [(1, 120), (0, 100)],
        "Your guesses: plain 20, off by 30. Your guesses: even 0, right.",
    ),
    (
        lambda guess: eie_costs.widths([1, 2, 3], {"a": [3.0, 1.0, 2.0]}, {"a": 1.5}, guess=guess),
        {"best b": 3, "smaller": "EIE"},
        [(3, 1.0), (3, 2.0)],
        "Your guesses: best b 3, off by 1. Your guess (smaller): EIE, right.",
    ),
]


@pytest.mark.parametrize(("draw", "guess", "places", "words"), GUESSED)
def test_a_guess_is_a_diamond_beside_its_result_and_told_with_its_error(draw, guess, places, words, diamonds):
    assert a_picture(draw(guess)).endswith(words)
    assert diamonds == places


@pytest.mark.parametrize(("draw", "guess"), [row[:2] for row in GUESSED])
def test_the_figure_waits_for_a_blank_guess_and_needs_none(draw, guess, diamonds):
    assert isinstance(draw(dict.fromkeys(guess)), HeldBack)
    assert "guess" not in a_picture(draw(None))
    assert diamonds == []


@pytest.mark.parametrize(
    ("smaller", "words"), [("bitmask", "bitmask, it is EIE."), ("CSR", "none of those drawn; it is EIE.")]
)
def test_a_wrong_choice_of_format_is_told(smaller, words):
    drawn = eie_costs.widths([1, 2], {"a": [3.0, 1.0]}, {"a": 1.5}, guess={"best b": None, "smaller": smaller})
    assert a_picture(drawn).endswith(words)


def test_the_fullest_element_alone_is_in_color(monkeypatch):
    bars = []
    monkeypatch.setattr("matplotlib.axes.Axes.bar", lambda ax, x, height, color: bars.append((list(height), color)))
    pictures.loads({"plain": [10, 30], "even": [20, 20]})
    assert bars == [([50, 150], [PALE, COLORS[0]]), ([100, 100], [COLORS[0]] * 2)]


def test_more_zeros_only_take_codes_away():
    before, after = np.array(eie_widgets.column(50)), np.array(eie_widgets.column(90))
    assert np.count_nonzero(before) == 24
    assert (after[after != 0] == before[after != 0]).all()
    assert np.count_nonzero(after) == 5


def test_the_encoder_counts_entries_by_the_function_given():
    frame = eie_widgets.encoder_frame(100, 3, lambda codes, bits: ([5, 0], [0, 1]))
    assert frame.png.startswith(b"\x89PNG")
    assert "2 entries for 0 codes, 1 padding; 2 x (4 + 3) = 14 bits" in frame.words


def test_the_array_shows_the_schedule_given():
    assert "5 cycles, 60 % busy" in eie_widgets.array_frame(SMALL, 1, pe.pe_schedule).words
    late = eie_widgets.array_frame(SMALL, 1, lambda work, depth: (torch.tensor([[0, 0], [2, 7]]), 10))
    assert "10 cycles, 30 % busy" in late.words


@pytest.mark.parametrize("wrong", [lambda work, depth: (work * 0 - 1, 9), lambda work, depth: (work, 10**9)])
def test_a_schedule_that_cannot_be_drawn_shows_the_expected_picture(wrong):
    def draw(by):
        return eie_widgets.array_frame(SMALL, 1, by)

    frame, note = frame_or_note(draw, wrong, pe.pe_schedule, {})
    assert note.startswith("Your function raised ValueError")
    assert "5 cycles" in frame.words


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_the_widgets_show_and_give_their_static_figures(capsys):
    assert a_picture(eie_widgets.encoder(eie.encode_column)).startswith("This column is smallest with 4 bits")
    codes = eie_examples.heavy_tailed(64, 12)
    assert "8 elements" in a_picture(eie_widgets.array(pe.pe_schedule, {"made up": (codes, torch.ones(12))}))
