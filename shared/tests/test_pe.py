"""The cycle count agrees with a simulation that walks through every cycle; balanced masks keep the same share."""

from collections import deque
from functools import partial

import pytest
import torch
from effdl import eie, pe, pruning


def simulate(work: list[list[int]], depth: int) -> tuple[list[list[int]], int]:
    """Cycle by cycle, with real queues: what the docstring says, word by word."""
    n_pe = len(work[0])
    queues: list[deque[list[int]]] = [deque() for _ in range(n_pe)]
    start = [[-1] * n_pe for _ in work]
    sent, cycle = 0, 0
    while sent < len(work) or any(queues):
        if sent < len(work) and all(len(queue) < depth for queue in queues):
            for k, queue in enumerate(queues):
                queue.append([sent, work[sent][k]])
            sent += 1
        for k, queue in enumerate(queues):
            _skip_empty(queue, start, k, cycle)
            if queue:
                queue[0][1] -= 1
                start[queue[0][0]][k] = cycle if start[queue[0][0]][k] < 0 else start[queue[0][0]][k]
                if queue[0][1] == 0:
                    queue.popleft()
                    _skip_empty(queue, start, k, cycle + 1)
        cycle += 1
    return start, cycle


def _skip_empty(queue: deque[list[int]], start: list[list[int]], k: int, cycle: int) -> None:
    while queue and queue[0][1] == 0:
        start[queue.popleft()[0]][k] = cycle


def some_work(n: int, n_pe: int, mean: float, seed: int = 0) -> torch.Tensor:
    rates = torch.full((n, n_pe), mean)
    return torch.poisson(rates, generator=torch.Generator().manual_seed(seed)).long()


@pytest.mark.parametrize("depth", [1, 2, 3, 8, 100])
@pytest.mark.parametrize("mean", [0.3, 1.0, 4.0])
def test_the_schedule_is_that_of_a_simulation_cycle_by_cycle(depth, mean):
    for seed in range(5):
        work = some_work(25, 4, mean, seed)
        start, cycles = pe.pe_schedule(work, depth)
        assert (start.tolist(), cycles) == simulate(work.tolist(), depth)


def test_one_place_waits_for_the_slowest_each_time():
    work = some_work(40, 6, 2.0)
    assert pe.pe_schedule(work, 1)[1] == int(work.max(1).values.clamp(min=1).sum())


def test_a_queue_without_end_waits_for_the_slowest_once():
    work = some_work(40, 6, 2.0) + 1  # nobody runs out of work before everything is sent
    assert pe.pe_schedule(work, 40)[1] == int(work.sum(0).max())


def test_deeper_queues_never_take_longer():
    for seed in range(10):
        cycles = [pe.pe_schedule(some_work(60, 8, 1.5, seed), depth)[1] for depth in range(1, 20)]
        assert cycles == sorted(cycles, reverse=True)


def test_nothing_to_do_takes_no_cycle_and_empty_broadcasts_one_each():
    assert pe.pe_schedule(torch.zeros(0, 3, dtype=torch.int64), 2)[1] == 0
    assert pe.pe_schedule(torch.zeros(5, 3, dtype=torch.int64), 2)[1] == 5
    assert pe.utilization(torch.zeros(0, 3, dtype=torch.int64), 0) == 1.0


def test_a_queue_without_places_is_refused():
    with pytest.raises(ValueError, match="fifo_depth"):
        pe.pe_schedule(some_work(3, 2, 1.0), 0)


def test_work_counts_the_entries_that_the_product_reads():
    generator = torch.Generator().manual_seed(0)
    codes = (torch.rand(40, 20, generator=generator) < 0.1).long()
    a = torch.randn(20, generator=generator).relu()
    slices = eie.interleave(codes, 3, partial(eie.encode_column, index_bits=1))
    work = pe.pe_work(slices, a)
    assert work.shape == (int((a != 0).sum()), 3)
    assert int(work.sum()) == eie.sparse_matvec(slices, a, torch.ones(2), 40)[1]["entries"]


@pytest.mark.parametrize(("rows", "n_pe"), [(12, 4), (13, 4), (3, 5)])
def test_every_element_keeps_its_largest_weights_and_the_same_share(rows, n_pe):
    w = torch.randn(rows, 17, generator=torch.Generator().manual_seed(1))
    mask = pe.balanced_mask(w, 0.7, n_pe)
    for k in range(min(n_pe, rows)):
        own, kept = w[k::n_pe].abs(), mask[k::n_pe]
        assert int(kept.sum()) == round(own.numel() * 0.3)
        assert own[kept].min() >= own[~kept].max()


def test_one_element_keeps_what_plain_pruning_keeps():
    w = torch.randn(9, 8, generator=torch.Generator().manual_seed(2))
    assert torch.equal(pe.balanced_mask(w, 0.5, 1), pruning.mask_from_scores(w.abs(), 0.5))
