"""Count the cycles of processing elements (PEs) that share one stream of activations, and balance their load.

Activations that are not zero are broadcast in order to all PEs. Each PE has a queue of `fifo_depth` places and needs a
cycle for each entry of its own, so that a PE with few entries waits for one with many. With work [[2, 0], [1, 3]] (two
activations, two PEs) a queue of one place takes 2 + 3 = 5 cycles, one of two places 1 + 3 = 4: the second activation is
sent in cycle 1, PE 1 is done with it after cycle 3.

What this leaves out: the pipeline of each PE (EIE has four stages), reading pointers, the network that finds non-zero
activations, and writing results; a cycle is one entry, and a broadcast is there at once.

Sources: Han et al. 2016, EIE, sections 4 and 6, arXiv:1602.01528; Han et al. 2017, ESE, section 3.2, arXiv:1612.00694.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from effdl import pruning
from effdl.eie import Slice

__all__ = ["balanced_mask", "pe_schedule", "pe_work", "utilization"]


def pe_schedule(work: Tensor, fifo_depth: int) -> tuple[Tensor, int]:
    """When each PE begins with each activation, and how many cycles all of it takes.

    Cycles are numbered from 0. In each cycle, first: if activations are left and every PE's queue has a free place, the
    next activation is broadcast, one place in each queue. Then each PE does one entry of the activation at the head of
    its queue. An activation keeps its place from its broadcast until the PE has done its last entry of it; the place is
    free from the next cycle on. One without entries takes no cycle: it leaves as soon as it is at the head. A PE begins
    with an activation in the cycle of the broadcast, or as soon as it is done with the one before. The count of cycles
    ends when everything is broadcast and done.

    Shapes: work (n, n_pe), int64, entries of PE k for broadcast j -> start like work, the cycle; cycles, an int
    Raises: ValueError if fifo_depth < 1
    Source: Han et al. 2016, section 4 (activation queue), arXiv:1602.01528

    >>> pe_schedule(torch.tensor([[2, 0], [1, 3]]), 1)
    (tensor([[0, 0],
            [2, 2]]), 5)
    """
    if fifo_depth < 1:
        raise ValueError(f"pe_schedule: fifo_depth must be at least 1, not {fifo_depth}")
    start, done = torch.zeros_like(work), torch.zeros_like(work)
    broadcast, free = -1, torch.tensor(0)
    for j, entries in enumerate(work):
        place_free = done[j - fifo_depth].max() if j >= fifo_depth else 0
        broadcast = max(broadcast + 1, place_free)
        start[j] = free.clamp(min=broadcast)
        done[j] = free = start[j] + entries
    return start, int(max(broadcast + 1, free.max()))


def balanced_mask(w: Tensor, sparsity: float, n_pe: int) -> Tensor:
    """Keep the largest |w| of each PE's rows, the same share in all: round(n * (1 - sparsity)) of its n weights.

    True = kept. PE k holds rows k, k + n_pe, k + 2 n_pe, ... `round` is Python's. Which of equal |w| stay is up to you.
    `w` stays as it is.

    Shapes: w (rows, cols) -> (rows, cols), bool
    Raises: ValueError if sparsity does not lie in [0, 1]
    Source: Han et al. 2017, ESE, section 3.2, arXiv:1612.00694

    >>> balanced_mask(torch.tensor([[9.0, 8.0], [1.0, -2.0]]), 0.5, 2)
    tensor([[ True, False],
            [False,  True]])
    """
    mask = torch.zeros_like(w, dtype=torch.bool)
    for pe in range(n_pe):
        mask[pe::n_pe] = pruning.mask_from_scores(w[pe::n_pe].abs(), sparsity)
    return mask


def pe_work(slices: Sequence[Slice], a: Tensor) -> Tensor:
    """How many entries each PE reads for each activation that is broadcast: those of a that are not 0, in order.

    Shapes: slices for each PE (v, z, p), a (cols,) -> (number of a != 0, n_pe), int64
    Source: Han et al. 2016, section 3, arXiv:1602.01528

    >>> pe_work([([1, 2, 3], [0, 0, 1], [0, 2, 3]), ([], [], [0, 0, 0])], torch.tensor([4.0, 0.0])).tolist()
    [[2, 0]]
    """
    pointers = torch.tensor([p for _, _, p in slices])
    # (n_pe, cols + 1) -> (cols, n_pe)
    return pointers.diff(dim=1).T[a != 0]


def utilization(work: Tensor, cycles: int) -> float:
    """The share of all PEs' cycles in which an entry is done; 1 where nothing is to do.

    Shapes: work (n, n_pe) -> a float in [0, 1]
    Source: Han et al. 2016, figure 8 (load balance efficiency), arXiv:1602.01528

    >>> utilization(torch.tensor([[2, 0], [1, 3]]), 5)
    0.6
    """
    return int(work.sum()) / (work.shape[1] * cycles) if cycles else 1.0
