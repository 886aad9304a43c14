"""Train sparse networks from the start: tickets, their controls, and networks pruned before training.

A run is one training of a ResNet8 of width 8 by one recipe, with masks applied after each step. Iterative pruning
starts each round from the weights of step 0 (the winning ticket) or of a later step k of the dense run; the control
takes the ticket's masks and draws other weights. Where the ticket reads 80 % and the control 72 %, 8 points are due to
the weights that it started with.

What this leaves out: learning rates searched for each density, and more than a few epochs; a rewound run trains by the
whole schedule again instead of from step k on.

Sources: Frankle and Carbin 2019, arXiv:1803.03635; Frankle et al. 2019, arXiv:1903.01611; Wang et al. 2020,
arXiv:2002.07376.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

import torch
from torch import Tensor, nn

from effdl import grasp, masking, nets, tickets, train
from effdl.data import Split

__all__ = ["RATE", "REWIND_STEP", "ROUNDS", "Point", "fresh", "pruned_at_start", "random_again", "run", "ticket_chain"]

WIDTH, IMAGES, EPOCHS, LR = 8, 5000, 5, 1e-2
ROUNDS, RATE = 9, 0.4
REWIND_STEP = 40  # of 195
BATCH = 128  # images for the scores of a fresh network
OTHER = 1000  # added to a seed for weights drawn again
State = dict[str, Tensor]
Round = Callable[..., tuple[State, State]]


class Point(NamedTuple):
    """One trained ticket: its density, its validation accuracy in percent, its masks (True = kept)."""

    density: float
    accuracy: float
    masks: State


def fresh(seed: int) -> nn.Module:
    """The untrained network of a seed.

    Source: He et al. 2015, arXiv:1502.01852
    """
    return nets.ResNet8(WIDTH, generator=torch.Generator().manual_seed(seed))


def run(net: nn.Module, masks: Mapping[str, Tensor], seen: Split, *, seed: int, keep_step: int = 0) -> State:
    """Train in place with masks (True = kept) after each step; returns the state of step `keep_step`, {} for step 0.

    Shapes: masks {layer: like its weight}
    Source: Frankle and Carbin 2019, arXiv:1803.03635
    """
    masking.apply_(net, masks)
    steps, kept = [0], {}

    def after_step(network: nn.Module) -> None:
        masking.apply_(network, masks)
        steps[0] += 1
        if steps[0] == keep_step:
            kept.update(_state(network))

    generator = torch.Generator().manual_seed(seed)
    recipe = {"epochs": EPOCHS, "lr": LR, "augment": False, "progress": False}
    train.fit(net, seen.first(IMAGES), generator=generator, after_step=after_step, **recipe)
    return kept


def ticket_chain(
    seed: int, seen: Split, held_out: Split, *, rewind_step: int = 0, rounds: int = ROUNDS, step: Round | None = None
) -> list[Point]:
    """Iterative magnitude pruning by `step` (`tickets.imp_round`): the dense network, then one ticket a round.

    Shapes: images (n, 1, 28, 28)
    Source: Frankle and Carbin 2019, arXiv:1803.03635; Frankle et al. 2019, arXiv:1903.01611
    """
    net = fresh(seed)
    start, masks = (
        _state(net),
        {name: torch.ones_like(w, dtype=torch.bool) for name, w in masking.prunable(net).items()},
    )
    found: list[Point] = []
    for turn in range(rounds + 1):
        kept = run(net, masks, seen, seed=seed, keep_step=rewind_step if turn == 0 else 0)
        start = kept or start
        found.append(Point(tickets.density(masks), train.accuracy(net, held_out), masks))
        if turn < rounds:
            first = {name: start[f"{name}.weight"] for name in masks}
            masks, weights = (step or tickets.imp_round)(masking.prunable(net), first, masks, RATE)
            net.load_state_dict(start | {f"{name}.weight": weight for name, weight in weights.items()})
    return found


def random_again(seed: int, masks: Mapping[str, Tensor], seen: Split, held_out: Split) -> float:
    """Accuracy in percent of a ticket's masks (True = kept) on weights drawn again: the control.

    Shapes: masks {layer: like its weight}
    Source: Frankle and Carbin 2019, section 2, arXiv:1803.03635
    """
    net = fresh(seed + OTHER)
    run(net, masks, seen, seed=seed)
    return train.accuracy(net, held_out)


def pruned_at_start(
    seed: int, method: str, sparsity: float, seen: Split, held_out: Split, **functions: Callable[..., State]
) -> tuple[float, State]:
    """Prune a fresh network by one of `grasp.METHODS`, all layers together, and train it; accuracy in percent, masks.

    Shapes: images (n, 1, 28, 28) -> masks {layer: like its weight}, True = kept
    Source: Lee et al. 2019, arXiv:1810.02340; Wang et al. 2020, arXiv:2002.07376
    """
    net, batch = fresh(seed), seen.first(BATCH)
    generator = torch.Generator().manual_seed(seed)
    scores = grasp.initial_scores(net, method, batch.images, batch.labels, generator=generator, **functions)
    masks = grasp.global_masks(scores, sparsity)
    run(net, masks, seen, seed=seed)
    return train.accuracy(net, held_out), masks


def _state(net: nn.Module) -> State:
    return {name: value.clone() for name, value in net.state_dict().items()}
