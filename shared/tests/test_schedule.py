"""Orders of operators against all permutations, and peaks against a simulation with explicit frees."""

import itertools
import random

import pytest
from effdl import schedule
from effdl.schedule import Op


def some_graph(seed, n=6):
    draw = random.Random(seed)
    names = [f"op{index}" for index in range(n)]
    return {
        name: Op(tuple(draw.sample(names[:index], draw.randint(min(1, index), min(2, index)))), draw.randint(1, 50))
        for index, name in enumerate(names)
    }


def allowed_orders(graph):
    for order in itertools.permutations(graph):
        if all(order.index(source) < order.index(name) for name in graph for source in graph[name].inputs):
            yield list(order)


def peak_by_freeing(graph, order):
    """Count readers that are still to come and free a tensor when the last one is done."""
    waiting = {name: sum(name in op.inputs for op in graph.values()) for name in graph}
    results = {name for name, count in waiting.items() if count == 0}
    memory, peak = {}, 0
    for name in order:
        memory[name] = graph[name].out_bytes
        peak = max(peak, sum(memory.values()))
        for source in graph[name].inputs:
            waiting[source] -= 1
        memory = {held: size for held, size in memory.items() if waiting[held] or held in results}
    return peak


@pytest.mark.parametrize("seed", range(12))
def test_no_permutation_has_a_smaller_peak(seed):
    graph = some_graph(seed)
    order = schedule.best_order(graph)
    assert order in list(allowed_orders(graph))
    assert peak_by_freeing(graph, order) == min(peak_by_freeing(graph, each) for each in allowed_orders(graph))


@pytest.mark.parametrize("seed", range(6))
def test_live_bytes_peak_where_a_simulation_that_frees_tensors_does(seed):
    graph = some_graph(seed, 5)
    for order in allowed_orders(graph):
        assert max(schedule.live_bytes(graph, order)) == peak_by_freeing(graph, order)


def test_a_result_that_nobody_reads_stays():
    graph = {"a": Op((), 5), "result": Op(("a",), 7), "b": Op(("a",), 1), "c": Op(("b",), 1)}
    assert schedule.live_bytes(graph, ["a", "result", "b", "c"]) == [5, 12, 13, 9]


def test_several_inputs_and_one_operator_are_fine():
    assert schedule.best_order({"only": Op((), 3)}) == ["only"]
    two = {"left": Op((), 10), "right": Op((), 1), "half": Op(("left",), 1), "sum": Op(("half", "right"), 1)}
    assert schedule.best_order(two) == ["left", "half", "right", "sum"]


def test_circles_strangers_and_bad_orders_are_refused():
    with pytest.raises(ValueError, match="wait for each other"):
        schedule.best_order({"a": Op(("b",), 1), "b": Op(("a",), 1)})
    with pytest.raises(ValueError, match="not there"):
        schedule.best_order({"a": Op(("ghost",), 1)})
    chain = {"a": Op((), 1), "b": Op(("a",), 1)}
    with pytest.raises(ValueError, match="before one"):
        schedule.live_bytes(chain, ["b", "a"])
    with pytest.raises(ValueError, match="once"):
        schedule.live_bytes(chain, ["a"])


def test_twelve_operators_take_no_longer_than_a_moment():
    wide = {"in": Op((), 4)} | {f"b{i}": Op(("in",), i + 1) for i in range(10)}
    graph = wide | {"out": Op(tuple(f"b{i}" for i in range(10)), 2)}
    assert max(schedule.live_bytes(graph, schedule.best_order(graph))) == 4 + 55


def test_the_inception_cell_has_the_widths_of_the_paper():
    cell = schedule.inception_cell()
    joined = list(cell["join"].inputs)
    assert sum(cell[name].out_bytes for name in joined) == cell["join"].out_bytes == 256 * 784
