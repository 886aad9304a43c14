"""Drawings and widgets of lab 04: what their titles claim is computed, and widgets follow the functions given."""

import matplotlib.pyplot
import numpy as np
import pytest
import torch
from effdl import amc, data, inner, nets
from effdl.plots import search, search_widgets, tickets

PNG = b"\x89PNG"
SCAN, CHOSEN = {"blocks.0": [90.0, 50.0], "blocks.1": [90.0, 89.0], "blocks.2": [70.0, 1.0]}, (0.5, 0.9, 0)
TICKETS = {"step 0": np.array([[90.0, 80.0], [90.0, 82.0]]), "drawn again": np.array([[90.0, 70.0], [90.0, 72.0]])}
START = {"SNIP": np.array([[80.0, 60.0]]), "GraSP": np.array([[79.0, 65.0]]), "random": np.array([[70.0, 10.0]])}
PREDICTED = [
    (
        lambda guess: search.sensitivity(SCAN, (0.5, 0.9), dict(zip(SCAN, CHOSEN, strict=True)), 80, guess=guess),
        {"bears most": "blocks.2"},
        "Your guess (bears most): blocks.2, it is blocks.1.",
    ),
    (lambda guess: tickets.tickets((1.0, 0.08), TICKETS, guess=guess), {8: 4}, "Your guesses: at 8 % 4, off by 6."),
    (lambda guess: tickets.at_start((0.8, 0.98), START, guess=guess), {0.98: "GraSP"}, "Your guess: GraSP, right."),
    (lambda guess: tickets.at_start((0.8, 0.98), START, guess=guess), {0.8: "GraSP"}, "Your guess: GraSP, it is SNIP."),
]


@pytest.fixture(scope="module")
def space():
    images = data.fashion_mnist("validation").first(64)
    return inner.Space(nets.ResNet8(generator=torch.Generator().manual_seed(0)).eval(), images, images)


@pytest.mark.parametrize(("draw", "guess", "told"), PREDICTED)
def test_a_prediction_is_marked_where_its_result_stands(draw, guess, told, says_the_guess):
    says_the_guess(draw, guess, told)


@pytest.mark.parametrize("odd", ["many", 0, -1, 1e9, float("nan"), [1], {"a": 1}])
@pytest.mark.parametrize(("draw", "names"), [row[:2] for row in PREDICTED[:3]])
def test_an_odd_prediction_is_borne(draw, names, odd):
    assert draw(dict.fromkeys(names, odd)).png.startswith(PNG)


def test_the_points_that_a_ticket_was_said_to_win_stand_above_its_control(monkeypatch):
    drawn = []
    monkeypatch.setattr(tickets, "picture", lambda fig, alt: drawn.append(fig))
    tickets.tickets((1.0, 0.08), TICKETS, guess={8: 4})
    places = [tuple(line.get_xydata()[0]) for line in drawn[0].axes[0].lines if line.get_marker() == "D"]
    assert places == [(8.0, 71.0 + 4)]
    matplotlib.pyplot.close(drawn[0])


def test_sensitivity_names_the_layers_that_bear_least_and_most():
    scan = {"blocks.0.conv1": [90.0, 50.0], "blocks.0.conv2": [90.0, 89.0]}
    drawn = search.sensitivity(scan, (0.5, 0.9), {"blocks.0.conv1": 0.5, "blocks.0.conv2": 0.9}, 80)
    assert drawn.png.startswith(PNG)
    assert drawn.alt.startswith("At a floor of 80 %, blocks.0.conv1 bears 50 %, blocks.0.conv2 90 %")


def test_the_landscape_finds_the_best_cell_within_the_budget():
    grid = np.arange(9.0).reshape(3, 3)[::-1]  # best at the bottom right, which the budget forbids
    drawn = search.landscape(grid, (0.0, 0.3, 0.6), (0.5, 0.3, 0.1), np.array([[0.3, 0.6]]))
    assert "Best cell within the budget: 5 %, without 30 % of block 2, 60 % of block 3" in drawn.alt
    assert "1 drawn networks around 30 and 60 %" in drawn.alt


def test_allocations_say_how_far_choices_lie_apart():
    rows = {"one": ([1, 2, 3], 1.0, 50.0, [80.0, 82.0]), "two": ([3, 2, 1], 1.0, 60.0, [80.5])}
    drawn = search.allocations({"50 %": rows, "35 %": rows}, 92.0)
    assert "before and after an epoch: 10 and 0.5 at 50 %" in drawn.alt
    assert "two at 35 %, widths 3, 2, 1: 60.0, then 80.5 %" in drawn.alt


def test_layers_left_are_counted():
    assert "25 % of the weights are left: 10 % of a, 40 % of b" in search.layers_left({"a": (1, 10), "b": (4, 10)}).alt


def test_the_gap_of_tickets_is_that_of_the_means():
    curves = {"step 0": np.array([[90.0, 80.0], [90.0, 82.0]]), "drawn again": np.array([[90.0, 70.0], [90.0, 72.0]])}
    drawn = tickets.tickets((1.0, 0.05), curves)
    assert drawn.alt.startswith("Original weights are worth up to 10.0 points, at 5 % density")


def test_the_leader_at_each_end_is_named():
    curves = {"SNIP": np.array([[80.0, 60.0]]), "GraSP": np.array([[79.0, 65.0]]), "random": np.array([[70.0, 10.0]])}
    assert "SNIP leads at 80 % sparsity, GraSP at 98 %" in tickets.at_start((0.8, 0.98), curves).alt


def test_admm_and_gammas_read_their_last_numbers():
    stages = {"ADMM": np.array([[80.0, 70.0, 85.0]]), "magnitude": np.array([[81.0, 81.0, 84.0]])}
    assert "At 90 % and after the same epochs: ADMM 85.0 %, magnitude 84.0 %" in tickets.admm((0.9,), stages).alt
    found = {"with L1": [[0.0, 0.05], [1.0, 2.0]], "without": [[0.5, 1.0], [1.0, 2.0]]}
    assert "Gammas below 0.1: 50 % with L1, 0 % without" in tickets.gammas(found, 0.5).alt


def test_the_allocation_widget_shows_what_the_functions_given_decide(space):
    budget = 0.5 * space.macs(space.full)
    frame = search_widgets.allocation_frame(space, [0, 0, 0], budget, (amc.bounded_action, amc.reward), 50)
    assert "asked 0 %, 0 %, 0 %, corrected 0 %, 71 %, 90 %" in frame.words
    free = search_widgets.allocation_frame(space, [0, 0, 0], budget, (lambda a, *_: a, amc.reward), 50)
    assert "corrected 0 %, 0 %, 0 %" in free.words
    assert "reward -inf" in free.words


def test_the_walk_widget_draws_the_last_round_of_the_search_given(space):
    grid = 90 - np.add.outer(np.arange(10.0), np.arange(10.0))
    none = search_widgets.walk_frame(grid, space, 0, 4, (amc.cross_entropy_search,))
    assert "drawn networks" not in none.alt
    assert "12 drawn networks" in search_widgets.walk_frame(grid, space, 3, 4, (amc.cross_entropy_search,)).alt


def test_a_space_counts_the_macs_that_the_smaller_network_does(space):
    from effdl import cost

    widths = space.widths([0.5, 0.3, 0.9])
    assert widths == (8, 22, 6)
    assert space.macs(widths) == cost.macs(inner.narrow(space.net, widths), (1, 28, 28))
    assert space.macs(inner.uniform(space, 1.2e6)) <= 1.2e6
