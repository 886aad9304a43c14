"""Shrink a network layer by layer until it fits, by trying each layer in turn and keeping the best try.

NetAdapt asks for a fixed reduction of the cost in each step. For each layer it finds the largest width at which that
layer alone saves so much, trains each of these candidates a little, and keeps the most accurate. The cost comes from a
look-up table of measured layers. If shrinking layer a costs 1 point and layer b 3 points for the same milliseconds, a
is shrunk, and only a.

What this leaves out: which filters go (the smallest, as in lab 03), and the long training after the last step, which
the lab does.

Sources: Yang et al. 2018, algorithm 1, arXiv:1804.03230.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

__all__ = ["adapt", "netadapt_step", "table_cost"]

Widths = dict[str, int]


def netadapt_step(
    widths: dict[str, int],
    cost: Callable[[dict[str, int]], float],
    accuracy: Callable[[dict[str, int]], float],
    reduction: float,
) -> dict[str, int]:
    """Shrink the one layer whose shrinking hurts least, so that the cost falls by `reduction` or more.

    Each layer gives one candidate: the network with this layer at the largest width from 1 to its own less 1 at which
    cost(candidate) <= cost(widths) - reduction; a layer with no such width gives none. `accuracy` is called once for
    each candidate, in the order of `widths`. Returns the candidate of highest accuracy, the first of equal ones, as a
    new dict; `widths` stays as it is.

    Units:  cost and reduction alike, in MACs or ms
    Raises: ValueError if no layer gives a candidate
    Source: Yang et al. 2018, algorithm 1, arXiv:1804.03230

    >>> netadapt_step({"a": 4, "b": 4}, cost=lambda w: w["a"] + w["b"], accuracy=lambda w: w["b"], reduction=2)
    {'a': 2, 'b': 4}
    """
    target, candidates = cost(widths) - reduction, []
    for layer, width in widths.items():
        for narrower in range(width - 1, 0, -1):
            candidate = widths | {layer: narrower}
            if cost(candidate) <= target:
                candidates.append(candidate)
                break
    if not candidates:
        raise ValueError(f"netadapt_step: no layer of {widths} alone can save {reduction}")
    return max(candidates, key=accuracy)


def adapt(
    widths: Widths,
    cost: Callable[[Widths], float],
    accuracy: Callable[[Widths], float],
    *,
    budget: float,
    reduction: float,
    step: Callable[..., Widths] = netadapt_step,
) -> list[Widths]:
    """Take steps until the cost is within the budget; returns the widths before each step and after the last.

    The last steps ask for no more than is missing.

    Units:  cost, budget and reduction alike, in MACs or ms
    Raises: ValueError if the budget cannot be reached
    Source: Yang et al. 2018, algorithm 1, arXiv:1804.03230
    """
    path = [dict(widths)]
    while (excess := cost(path[-1]) - budget) > 0:
        path.append(step(path[-1], cost, accuracy, min(reduction, excess)))
    return path


def table_cost(table: Mapping[str, Mapping[int, float]], rest: float = 0.0) -> Callable[[Widths], float]:
    """The cost of a network as a sum from a look-up table, one entry a layer and width, plus a constant rest.

    Shapes: table {layer: {width: cost}}
    Source: Yang et al. 2018, section 3.3, arXiv:1804.03230

    >>> table_cost({"a": {1: 2.0, 2: 3.0}}, rest=0.5)({"a": 2})
    3.5
    """
    return lambda widths: rest + sum(table[layer][width] for layer, width in widths.items())
