"""Drawings and widgets of sparse formats: what they say is computed, described, and safe with any function."""

import matplotlib
import pytest
import torch
from effdl import fkw, sparse, spmm
from effdl.plots import sparse as drawn
from effdl.plots import sparse_costs, sparse_widgets
from effdl.plots.predictions import HeldBack
from effdl.plots.widget import frame_or_note

matplotlib.use("agg")

FORMATS = (sparse.dense_to_csr, sparse.to_blocked_ell, sparse.compress_24)
ORDERS = (spmm.row_swizzle, spmm.schedule)
TIMES = [("dense, PyTorch", 0.0, 2.0, 0.1), ("a", 0.5, 4.0, 0.1), ("a", 0.9, 1.0, 0.1), ("b", 0.5, 3.0, 0.1)]
STAGES = {"fine": [(10, 20, 90.0), (10, 20, 91.0)], "2:4": [(5, 20, 89.5), (5, 20, 90.5)]}
SHARES = {1: [0.5, 0.1, 0.0], 4: [1.0, 0.8, 0.0]}
GUESSED = [
    (
        lambda guess: sparse_costs.accuracies(STAGES, 92.0, guess=guess),
        {"as pruned": 2, "after an epoch": 0.5},
        [(0.08, 8), (2.08, 90)],
        "Your guesses: as pruned 2, off by 3; after an epoch 0.5, right.",
    ),
    (
        lambda guess: drawn.blocks((0.5, 0.9, 1.0), SHARES, {1: 0.08, 4: 0.6}, guess=guess),
        {"4": 70},
        [(90, 70)],
        "Your guesses: 4 70, off by 10.",
    ),
    (
        lambda guess: sparse_costs.race(TIMES, {"a": 0.7, "b": None}, guess=guess),
        {"a": 70, "b": "never"},
        [(70, 2), (50, 3)],
        "Your guesses: a 70, right. Your guess (b): never, right.",
    ),
]


def a_picture(picture):
    assert picture.png.startswith(b"\x89PNG")
    return picture.alt


def test_a_layer_names_its_zeros_and_its_rows():
    w = torch.tensor([[1.0, 0, 0, 0], [1, 2, 3, 0], [0, 0, 1, 0]])
    said = a_picture(drawn.matrix(w, "a layer", 0.5))
    assert said.startswith("a layer: 58 % zeros, rows of 1 to 3 entries")
    assert "2 entries a row on average" in said


def test_tiles_compare_the_narrowest_with_the_widest():
    said = a_picture(drawn.tiles((8, 32), [(40, 400, 900), (10, 100, 900)]))
    assert said.startswith("Tiles of 8 make 4 times the blocks of 32")
    assert "8: 40, 400, 900" in said


def test_the_timeline_names_the_first_and_the_last_order_to_end():
    early, late = torch.tensor([[0, 0, 9], [1, 0, 9]]), torch.tensor([[0, 0, 2], [0, 2, 18]])
    said = a_picture(drawn.timeline({"a": (late, 0.5), "b": (early, 1.0)}, 2))
    assert said.startswith("'b' ends at 9, 'a' at 18")


def test_balance_says_where_swizzling_gains_most():
    used = {"as they stand": [1.0, 0.5, 0.4], "swizzled": [1.0, 0.9, 0.5]}
    said = a_picture(drawn.balance((0.0, 0.5, 1.0), used, (0.3, "ours")))
    assert said.startswith("'swizzled' gains most at a variation of 0.5: 50 to 90 %")


def test_accuracies_compare_the_first_two_kinds_at_the_end():
    found = {"fine": [(10, 20, 90.0), (10, 20, 91.0)], "2:4": [(5, 20, 89.5), (5, 20, 90.5)]}
    assert a_picture(sparse_costs.accuracies(found, 92.0)).startswith(
        "After an epoch 2:4 and fine are 0.50 points apart"
    )


def test_blocks_say_what_the_largest_store():
    shares = {1: [0.5, 0.1, 0.0], 4: [1.0, 0.8, 0.0]}
    said = a_picture(drawn.blocks((0.5, 0.9, 1.0), shares, {1: 0.08, 4: 0.6}))
    assert said.startswith("At 90 % pruned, blocks of 4 store 80 %")
    assert "Of a real layer: 1: 8, 4: 60" in said


def test_kernels_count_runs_of_one_pattern():
    before, after = torch.tensor([[1, 2, 1], [0, 1, 2]]), torch.tensor([[1, 1, 2], [1, 2, 0]])
    assert a_picture(drawn.kernels(before, after)).startswith("FKW: 6 runs of one pattern become 5")
    assert len(fkw.PATTERNS) == 8


@pytest.mark.parametrize(("draw", "guess", "places", "words"), GUESSED)
def test_a_guess_is_a_diamond_at_its_place_and_told_with_its_error(draw, guess, places, words, diamonds):
    assert a_picture(draw(guess)).endswith(words)
    assert diamonds == [pytest.approx(place) for place in places]


@pytest.mark.parametrize(("draw", "guess"), [row[:2] for row in GUESSED])
def test_a_figure_waits_for_a_blank_guess_and_needs_none(draw, guess, diamonds):
    assert isinstance(draw(dict.fromkeys(guess)), HeldBack)
    assert "guess" not in a_picture(draw(None))
    assert diamonds == []


@pytest.mark.parametrize(
    ("guess", "places", "words"),
    [
        ({"a": "never"}, [(90, 1)], "Your guess (a): never, it is 70."),
        ({"a": " Never", "b": "Never "}, [(90, 1), (50, 3)], "it is 70. Your guess (b): Never , right."),
        ({"b": 40}, [], "Your guess (b): 40, none of those drawn; it is never."),
        ({"a": "late"}, [], "Your guess (a): late, none of those drawn; it is 70."),
        (7, [], "b at 50% 3."),
    ],
)
def test_who_is_said_never_to_win_is_tagged_at_the_end_of_its_curve(guess, places, words, diamonds):
    assert a_picture(sparse_costs.race(TIMES, {"a": 0.7, "b": None}, guess=guess)).endswith(words)
    assert diamonds == places


def test_the_race_names_break_even_points_and_who_never_wins():
    said = a_picture(sparse_costs.race(TIMES, {"a": 0.7, "b": None}))
    assert said.startswith("Faster than dense: a from 70 %. Never: b.")
    assert a_picture(sparse_costs.race(TIMES, {"b": None})).startswith("Nothing is faster than dense")


def test_layers_count_where_the_last_kernel_wins():
    found = {
        "x": {"dense, PyTorch": (0.9, 2.0), "CSR": (0.9, 1.0)},
        "y": {"dense, PyTorch": (0.5, 2.0), "CSR": (0.5, 4.0)},
    }
    said = a_picture(sparse_costs.layers(found))
    assert said.startswith("CSR beats the dense product in 1 of 2 layers")
    assert "x 2.00, y 0.50" in said


def test_the_explorer_counts_the_arrays_that_the_functions_give():
    frame = sparse_widgets.explorer_frame(FORMATS, 80, 4, "single weights")
    assert frame.png.startswith(b"\x89PNG")
    assert "205 values are not zero" in frame.words
    assert "CSR 1.7 KiB" in frame.words
    thrice = sparse_widgets.explorer_frame(
        (lambda a: 3 * sparse.dense_to_csr(a), *FORMATS[1:]), 80, 4, "single weights"
    )
    assert "CSR 5.2 KiB" in thrice.words


@pytest.mark.parametrize("block", [1, 2, 4, 8])
@pytest.mark.parametrize("percent", [0, 95])
def test_the_explorer_draws_every_setting(percent, block):
    assert f"{percent} %" in sparse_widgets.explorer_frame(FORMATS, percent, block, "whole blocks").words


def test_blocks_pruned_whole_are_stored_without_the_rest():
    words = sparse_widgets.explorer_frame(FORMATS, 75, 4, "whole blocks").words
    assert "256 values are not zero, Blocked-ELL stores 16 blocks" in words


def test_the_scheduler_follows_the_functions_given():
    frame = sparse_widgets.scheduler_frame(ORDERS, 0.6, 8)
    assert "'swizzled' ends first" not in frame.words
    assert frame.words.startswith("'swizzled' ends at")
    same = sparse_widgets.scheduler_frame((lambda lengths: torch.arange(len(lengths)), spmm.schedule), 0.6, 8)
    assert not same.words.startswith("'swizzled'")


def test_an_unwritten_function_leaves_the_expected_picture():
    def row_swizzle(lengths):
        raise NotImplementedError()

    values = {"variation": 0.2, "workers": 4}
    frame, note = frame_or_note(sparse_widgets.scheduler_frame, (row_swizzle, spmm.schedule), ORDERS, values)
    assert note.startswith("Write row_swizzle first")
    assert frame.png.startswith(b"\x89PNG")


def test_widgets_return_their_static_figure(capsys):
    assert "80 % of single weights pruned" in a_picture(sparse_widgets.format_explorer(*FORMATS))
    assert "8 workers" in a_picture(sparse_widgets.scheduler(*ORDERS))
