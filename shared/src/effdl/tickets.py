"""Find the small network inside a large one that could have been trained from the start: a winning ticket.

Iterative magnitude pruning trains, drops a share of the weights that are left, sets the survivors back to the values
they started from, and trains again. After n rounds at 20 % the density is 0.8^n, 33 % after five. Weights [5, 1, -4, 2]
that started as [0.1, 0.2, 0.3, 0.4] lose, at rate 0.5, the 1 and the 2, and start again as [0.1, 0, 0.3, 0].

What this leaves out: a threshold for all layers at once, which deep networks need (Frankle and Carbin, section 4), and
the cost: each ticket has paid for all trainings before it.

Sources: Frankle and Carbin 2019, arXiv:1803.03635; Frankle et al. 2019 (rewinding to step k), arXiv:1903.01611.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

__all__ = ["density", "imp_round"]


def imp_round(
    trained: dict[str, Tensor], start: dict[str, Tensor], masks: dict[str, Tensor], rate: float
) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
    """Drop the share `rate` of each layer's surviving weights, the smallest after training, and rewind the others.

    In each layer round(rate * survivors) of the weights that its mask keeps (True = kept) go, those of smallest
    |trained|; `round` is Python's, and which of equal ones go is up to you. What was dropped stays dropped, whatever
    value it has. Returns the new masks, and the weights to train next: those of `start` where the new mask is True, 0
    elsewhere. All inputs stay as they are.

    Shapes: trained, start, masks {layer: (...)}, alike; masks bool -> masks, weights, alike
    Source: Frankle and Carbin 2019, section 1, arXiv:1803.03635

    >>> trained, start = {"fc": torch.tensor([5.0, 1.0, -4.0, 2.0])}, {"fc": torch.tensor([0.1, 0.2, 0.3, 0.4])}
    >>> imp_round(trained, start, {"fc": torch.ones(4, dtype=torch.bool)}, rate=0.5)[1]
    {'fc': tensor([0.1000, 0.0000, 0.3000, 0.0000])}
    """
    new_masks = {}
    for name, mask in masks.items():
        sizes = trained[name].abs().masked_fill(~mask, torch.inf).flatten()
        n_drop = round(rate * int(mask.sum()))
        new = mask.flatten().clone()
        new[sizes.topk(n_drop, largest=False).indices] = False
        new_masks[name] = new.reshape(mask.shape)
    return new_masks, {name: start[name] * mask for name, mask in new_masks.items()}


def density(masks: Mapping[str, Tensor]) -> float:
    """The share of weights that the masks keep (True = kept), all layers together.

    Shapes: masks {layer: (...), bool} -> a float in [0, 1]
    Source: ours

    >>> density({"fc": torch.tensor([True, False, False, False])})
    0.25
    """
    return sum(int(mask.sum()) for mask in masks.values()) / sum(mask.numel() for mask in masks.values())
