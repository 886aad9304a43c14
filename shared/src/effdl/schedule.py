"""Order the operators of a network so that it needs less memory.

A network is a graph: each operator reads the outputs of others and writes one of its own. An output must stay in memory
until the last operator that reads it is done; what nobody reads is a result of the network and stays to the end. While
an operator runs, its inputs and its output are there together. A chain has one order; branches have many, and their
peaks differ: of a (8 bytes) -> b (1), a -> c (4), b -> d (6), and e (1) from c and d, the order a b d c e peaks at 18
bytes, a b c d e at 13.

This leaves out operators that write over their input, tensors that begin inside others, and where in memory each tensor
is put: fragments can cost more than the sum.

Sources: Liberis and Lane 2019, arXiv:1910.05110.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from typing import NamedTuple

__all__ = ["Op", "best_order", "inception_cell", "live_bytes"]


class Op(NamedTuple):
    """An operator: the names of those whose outputs it reads, and the bytes of its own output."""

    inputs: tuple[str, ...]
    out_bytes: int


def best_order(graph: Mapping[str, Op]) -> list[str]:
    """An order of the operators with the smallest peak memory: each after its inputs, each once.

    While an operator runs, memory holds its output, and every earlier output that it or a later operator reads, or that
    nobody reads at all. The peak is the largest such sum; of several best orders return any. There are at most 12
    operators.

    Raises: ValueError if operators wait for each other in a circle, or for one that is not there
    Source: Liberis and Lane 2019, algorithm 1, arXiv:1910.05110

    >>> chain = {"a": Op((), 8), "b": Op(("a",), 1), "c": Op(("a",), 4), "d": Op(("b",), 6), "e": Op(("c", "d"), 1)}
    >>> best_order(chain)
    ['a', 'b', 'c', 'd', 'e']
    """

    @functools.cache
    def finish(done: frozenset) -> tuple[float, tuple[str, ...]]:
        """The smallest peak of what is left, and its order: it depends on what is done, not on how."""
        if len(done) == len(graph):
            return 0, ()
        readers = {name: {each for each in graph if name in graph[each].inputs} for name in done}
        held = sum(graph[name].out_bytes for name in done if not readers[name] or readers[name] - done)
        ready = [name for name in graph if name not in done and done.issuperset(graph[name].inputs)]
        ways = [(name, *finish(done | {name})) for name in ready]
        plans = [(max(held + graph[name].out_bytes, peak), (name, *rest)) for name, peak, rest in ways]
        return min(plans, default=(float("inf"), ()))

    peak, order = finish(frozenset())
    if peak == float("inf"):
        raise ValueError("best_order: some operators wait for each other, or for one that is not there")
    return list(order)


def live_bytes(graph: Mapping[str, Op], order: Sequence[str]) -> list[int]:
    """The bytes in memory while each operator runs; their maximum is the peak.

    Raises: ValueError if the order is not one in which each operator comes once, after its inputs
    Source: Liberis and Lane 2019, arXiv:1910.05110

    >>> live_bytes({"a": Op((), 8), "b": Op(("a",), 1), "c": Op(("b",), 4)}, ["a", "b", "c"])
    [8, 9, 5]
    """
    if sorted(order) != sorted(graph):
        raise ValueError(f"live_bytes: the order {list(order)} does not name each of {list(graph)} once")
    place = {name: step for step, name in enumerate(order)}
    if any(place[source] >= place[name] for name, op in graph.items() for source in op.inputs):
        raise ValueError(f"live_bytes: in the order {list(order)} an operator comes before one that it reads")
    last = {
        name: max((place[each] for each in graph if name in graph[each].inputs), default=len(order)) for name in graph
    }
    return [
        sum(graph[name].out_bytes for name in order[: step + 1] if last[name] >= step) for step in range(len(order))
    ]


def inception_cell() -> dict[str, Op]:
    """The first cell of GoogLeNet (3a) in int8: four branches on 28 x 28 pixels, joined; as the paper lists them.

    Source: Szegedy et al. 2015, table 1, arXiv:1409.4842

    >>> sum(op.out_bytes for op in inception_cell().values()) // 784
    1008
    """
    pixels = 28 * 28
    channels = {
        "input": ((), 192), "1x1": (("input",), 64),
        "reduce 3": (("input",), 96), "3x3": (("reduce 3",), 128),
        "reduce 5": (("input",), 16), "5x5": (("reduce 5",), 32),
        "pool": (("input",), 192), "project": (("pool",), 32),
        "join": (("1x1", "3x3", "5x5", "project"), 256),
    }  # fmt: skip
    return {name: Op(inputs, pixels * count) for name, (inputs, count) in channels.items()}
