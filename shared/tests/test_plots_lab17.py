"""Drawings and widgets of memory and loops: what they say is computed, described, and safe with any function."""

import matplotlib
import numpy as np
import pytest
from effdl import cache, layout
from effdl.hostspeed import Machine, Speed
from effdl.kernels import Measured
from effdl.plots import machine, memory, theatre
from effdl.plots.predictions import HeldBack
from effdl.plots.widget import frame_or_note

matplotlib.use("agg")


def a_picture(drawn):
    assert drawn.png.startswith(b"\x89PNG")
    return drawn.alt


def test_the_hierarchy_compares_the_memories_that_programs_work_in():
    memories = {"small": (("SRAM", 1024), ("flash", 4096)), "large": (("L2", 2048), ("memory", 1 << 20))}
    assert a_picture(machine.hierarchy(memories)).startswith("1,024 times less memory")


def test_instructions_are_compared_with_the_first_kernel():
    rows = [Measured("matmul_naive", 100, 700, 100, 50, 1.0), Measured("matmul_fast", 100, 350, 10, 50, 0.5)]
    said = a_picture(machine.instructions(rows, part="a part"))
    assert said.startswith("The fastest takes 2.0 times fewer instructions than the naive one")
    assert "fast 3.50, branches 0.10" in said


def test_guesses_of_instructions_stand_at_their_bars(diamonds):
    names = ("naive", "unrolled", "register_tile")
    rows = [
        Measured(f"matmul_{name}", 100, count, 10, 50, 1.0) for name, count in zip(names, (700, 480, 280), strict=True)
    ]
    guess = {"unrolled": 4, "register tile": 2.8}
    assert "Your guesses: unrolled 4, off by 0.8; register tile 2.8, right." in a_picture(
        machine.instructions(rows, guess=guess)
    )
    assert diamonds == [(4, 1), (2.8, 2)]
    assert "guess" not in a_picture(machine.instructions(rows))
    assert isinstance(machine.instructions(rows, guess=dict.fromkeys(guess)), HeldBack)


def test_speeds_of_libraries_are_not_called_ours():
    speeds = [Speed("naive", 9, 1, 1.0), Speed("reordered", 3, 1, 3.0), Speed("PyTorch, int8", 1, 1, 90.0)]
    assert a_picture(machine.host(speeds)).startswith("'reordered' is 3 times as fast as 'naive'")


def test_the_roofline_names_what_memory_limits():
    points = [("matrix by vector", 1.0, 5.0), ("product", 40.0, 20.0)]
    said = a_picture(machine.roofline(points, Machine(100.0, 10.0)))
    assert said.startswith("Left of 10 MACs a byte memory is the limit: matrix by vector.")
    assert "product at 40.0 reaches 20 of 100" in said


def test_walks_name_the_layout_with_the_fewest_misses():
    rates = {"pointwise": {"NCHW": 90.0, "NHWC": 3.0}, "depthwise": {"NCHW": 1.0, "NHWC": 44.0}}
    assert a_picture(memory.walks(rates)).startswith("Fewest misses: pointwise in NHWC, depthwise in NCHW")


def test_the_best_tile_of_a_curve_is_in_the_title():
    said = a_picture(memory.tiles((2, 4, 8), (300, 100, 400), {"ijk": 1000, "ikj": 500}, best=4))
    assert said.startswith("Tiles of 4 miss 10 times less often than ijk")


def test_levels_may_be_won_by_one_plan_or_by_two():
    assert "spares both levels most" in a_picture(memory.levels({"a": (9, 9), "b": (5, 2)}))
    assert "'a' spares the first level most, 'b' the second" in a_picture(memory.levels({"a": (5, 9), "b": (9, 2)}))


def test_the_largest_difference_to_cachegrind_is_said():
    assert "at most 10 %" in a_picture(memory.cachegrind([("a", 100, 100), ("b", 900, 1000), ("c", 50, 50)]))


def test_orders_that_fit_are_counted():
    runs = {"worst": [("a", 4096), ("b", 8192)], "best": [("a", 4096), ("b", 4096)]}
    assert a_picture(memory.alive(runs, 5000)).startswith("Only the best order fits 4 KiB")
    assert a_picture(memory.alive(runs, 9000)).startswith("2 of 2 orders fit 8 KiB")


@pytest.mark.parametrize("name", layout.LAYOUTS)
def test_the_ribbon_counts_lines_by_the_function_given(name):
    places = {"NCHW": [6, 14, 22], "NHWC": [18, 19, 20], "CHWN": [12, 28, 44]}[name]
    frame = theatre.ribbon_frame(name, "all channels of one pixel", layout.offset)
    assert frame.png.startswith(b"\x89PNG")
    assert str(places) in frame.words
    shifted = theatre.ribbon_frame(name, "all channels of one pixel", lambda *args: layout.offset(*args) + 1)
    assert str([place + 1 for place in places]) in shifted.words


def test_the_theatre_counts_misses_by_the_function_given():
    frame = theatre.theatre_frame("ikj", 24, 100, cache.cache_hits)
    assert "1,872 misses in 41,472 accesses" in frame.words
    none = theatre.theatre_frame("ikj", 24, 50, lambda addresses, *_: np.ones(len(addresses), bool))
    assert "0 misses in 20,736 accesses" in none.words


def test_the_theatre_shows_the_expected_picture_for_an_unwritten_function():
    def cache_hits(*args):
        raise NotImplementedError

    values = {"plan": "ijk", "n_lines": 24, "percent": 10}

    def draw(by, plan, n_lines, percent):
        return theatre.theatre_frame(plan, n_lines, percent, by)

    frame, note = frame_or_note(draw, cache_hits, cache.cache_hits, values)
    assert "Write cache_hits first" in note
    assert frame.png.startswith(b"\x89PNG")


def test_widgets_return_static_figures_with_all_plans(capsys):
    assert "Only NHWC" in a_picture(theatre.layout_ribbon(layout.offset))
    assert "tiles of 12" in a_picture(theatre.cache_theatre(cache.cache_hits))
