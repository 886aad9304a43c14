"""Search the share that each layer loses: a reward, an action that keeps the budget reachable, and a search.

AMC walks through the layers. At each one an agent names the share of it that goes; the action is raised where the
layers still to come could not save enough even at their maximum. With 100 + 300 MACs, 240 of which have to go, and at
most 70 % of a layer, the second layer saves 210 at most, so the first loses 30 of its 100 or more. The reward is the
negative error, within the budget; or the negative error times log(cost), which needs no budget. AMC's agent learns by
DDPG; here the cross-entropy method draws actions, keeps the best, and draws around those.

What this leaves out: the state that AMC's agent sees (a layer's kind, size and place), its actor and critic, and what
they carry over from one network to the next. A search without a state starts anew for each network.

Sources: He et al. 2018, arXiv:1802.03494; Rubinstein 1999, The cross-entropy method.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import torch
from torch import Tensor

__all__ = ["bounded_action", "bounded_walk", "cross_entropy_search", "reward"]


def bounded_action(action: float, macs: Sequence[float], must_go: float, a_max: float) -> float:
    """Correct the share of a layer that goes, so that what must go can still be reached with the layers after it.

    `macs` are this layer's MACs, then those of the layers to come; `must_go` of them in sum have still to go, at most
    the share `a_max` of each layer. The result is the share nearest to `action` in [0, a_max] with which this layer,
    and all later ones at `a_max`, lose `must_go` or more; a_max if no share does.

    Units:  action and a_max are shares of a layer in [0, 1], must_go is in MACs
    Source: He et al. 2018, algorithm 1, arXiv:1802.03494

    >>> round(bounded_action(0.1, [100, 300], must_go=240, a_max=0.7), 6)
    0.3
    """
    least = (must_go - a_max * sum(macs[1:])) / macs[0]
    return min(max(action, least, 0.0), a_max)


def reward(error: float, cost: float, budget: float | None = None) -> float:
    """What a pruned network is worth: -error within the budget, -inf beyond it; without one -error * log(cost).

    A cost that equals the budget is within it; `log` is the natural logarithm.

    Units:  error in percent or as a share; cost and budget in MACs, or in parameters
    Source: He et al. 2018, section 3.3, arXiv:1802.03494

    >>> reward(12.0, 900, budget=1000), reward(12.0, 1100, budget=1000)
    (-12.0, -inf)
    """
    if budget is None:
        return -error * math.log(cost)
    return -error if cost <= budget else -math.inf


def cross_entropy_search(
    value: Callable[[Tensor], float],
    draw: Callable[[Tensor, Tensor], Tensor],
    mean: Tensor,
    std: Tensor,
    *,
    rounds: int,
    n_elite: int,
) -> tuple[Tensor, Tensor]:
    """Search the vector of highest value: draw around a mean, keep the elite, move mean and spread to the elite's.

    In each of `rounds` rounds `draw(mean, std)` gives n vectors, one a row, and `value(row)` is called once for each,
    in order. The mean and the standard deviation (dividing by n_elite) of the n_elite rows of highest value, taken for
    each entry, are those of the next round. Returns the last mean, and the row of highest value of all rounds, the
    first of equal ones. `mean` and `std` stay as they are.

    Shapes: mean (d,), std (d,); draw(mean, std) -> (n, d); value of a row (d,) -> float -> (d,), (d,)
    Source: Rubinstein 1999; de Boer et al. 2005, A tutorial on the cross-entropy method
    """
    best, highest = mean, -math.inf
    for _ in range(rounds):
        rows = draw(mean, std)
        values = torch.tensor([value(row) for row in rows], dtype=torch.float64)
        elite = rows[values.topk(n_elite).indices]
        mean, std = elite.mean(0), elite.std(0, correction=0)
        if values.max() > highest:
            best, highest = rows[values.argmax()], values.max()
    return mean, best


def bounded_walk(
    actions: Sequence[float],
    macs: Sequence[float],
    must_go: float,
    a_max: float,
    bound: Callable[..., float] = bounded_action,
) -> list[float]:
    """Go through the layers in order and correct each action by `bound`; what a layer loses is no longer due.

    Shapes: actions and macs of one length -> as many shares
    Source: He et al. 2018, algorithm 1, arXiv:1802.03494
    """
    shares = []
    for index, action in enumerate(actions):
        shares.append(bound(float(action), list(macs[index:]), must_go, a_max))
        must_go -= shares[-1] * macs[index]
    return shares
