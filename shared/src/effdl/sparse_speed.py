"""Time sparse products of this processor against the dense one, on one thread and in one run.

Each kernel gets the same A (m x k), as sparse as it is asked to be, and the same dense B (k x n): PyTorch's dense
product, SciPy's CSR, and the C of c/spmm.c for CSR, Blocked-ELL (whole 8 x 8 blocks are zero) and 2:4. The break-even
sparsity of a format is where its time falls below the dense one: between 70 % at 1.2 and 80 % at 0.9 times the dense
time it is 77 %.

This leaves out several threads, and tuning: MKL, behind PyTorch's dense product, is tuned for decades, our C for a day.
Without a C compiler NumPy and SciPy step in (a Python loop over rows or blocks), which are slower and say so.

Sources: Gale et al. 2020, section VII, arXiv:2006.10901, compare so on GPUs; the compiler is clang, through
`effdl.native`
"""

from __future__ import annotations

import ctypes
import statistics
import time
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import scipy.sparse
import torch
from torch import Tensor

from effdl import native, pruning, sparse

__all__ = ["BLOCK", "Timing", "break_even", "matrix_times", "note", "race"]

FLAGS = ("-ffast-math", "-mprefer-vector-width=512")
BLOCK = 8  # of c/spmm.c
RTOL = 1e-4
FINE_S = 1e-6  # a clock this fine can time a product
Call = Callable[[], Tensor]


class Timing(NamedTuple):
    """One kernel at one sparsity: median processor time and interquartile range, in milliseconds."""

    name: str
    sparsity: float
    ms: float
    spread_ms: float


def note() -> str:
    """Which kernels `race` times here, in a sentence.

    Source: ours
    """
    if native.available():
        return "CSR, Blocked-ELL and 2:4 run as compiled C (c/spmm.c), one thread"
    return "no C compiler here (pip install ziglang): CSR, Blocked-ELL and 2:4 run as NumPy, far slower than C would"


def race(m: int, k: int, n: int, sparsities: Sequence[float], *, repeats: int = 9) -> list[Timing]:
    """Time every kernel on random matrices of each sparsity, and the dense product and 2:4 once.

    Every product is verified against PyTorch's.

    Raises: ValueError if 8 does not divide m and k, or a kernel gives a wrong product
    Source: ours
    """
    if m % BLOCK or k % BLOCK:
        raise ValueError(f"race: {BLOCK} must divide the rows and columns of A, got {m} x {k}")
    draw = torch.Generator().manual_seed(0)
    a, b = torch.randn(m, k, generator=draw), torch.randn(k, n, generator=draw)
    blocks = torch.rand(m // BLOCK, k // BLOCK, generator=draw)
    half = a * pruning.nm_mask(a[:, :, None, None], 2, 4)[:, :, 0, 0]
    found = [_timed("dense, PyTorch", 0.0, lambda: a @ b, a @ b, repeats)]
    found.append(_timed("2:4", 0.5, _nm24(half, b), half @ b, repeats))
    for sparsity in sparsities:
        single = a * pruning.mask_from_scores(a.abs(), sparsity)
        whole = a * pruning.mask_from_scores(blocks, sparsity).repeat_interleave(BLOCK, 0).repeat_interleave(BLOCK, 1)
        found.append(_timed("CSR, SciPy", sparsity, _scipy(single, b), single @ b, repeats))
        found.append(_timed("CSR", sparsity, _csr(single, b), single @ b, repeats))
        found.append(_timed("Blocked-ELL", sparsity, _blocked(whole, b), whole @ b, repeats))
    return found


def matrix_times(a: Tensor, b: Tensor, *, repeats: int = 9) -> dict[str, Timing]:
    """Time the dense product, SciPy's CSR and ours on one given matrix, such as a pruned layer's.

    Shapes: a (m, k), b (k, n)
    Raises: ValueError if a kernel gives a wrong product
    Source: ours
    """
    a, b = a.contiguous(), b.contiguous()
    calls = {"dense, PyTorch": lambda: a @ b, "CSR, SciPy": _scipy(a, b), "CSR": _csr(a, b)}
    zeros = float((a == 0).double().mean())
    return {name: _timed(name, zeros, call, a @ b, repeats) for name, call in calls.items()}


def break_even(times: Sequence[Timing], name: str) -> float | None:
    """The smallest sparsity from which a kernel beats the dense one, between two measured ones by a straight line.

    None if it never does; the smallest measured sparsity if it always does.

    Raises: ValueError if nothing was timed under that name
    Source: ours

    >>> rows = [("dense, PyTorch", 0.0, 2.0), ("CSR", 0.5, 3.0), ("CSR", 0.75, 1.0)]
    >>> break_even([Timing(*row, spread_ms=0.1) for row in rows], "CSR")
    0.625
    """
    dense = next(each.ms for each in times if each.name == "dense, PyTorch")
    points = sorted((each.sparsity, each.ms - dense) for each in times if each.name == name)
    if not points:
        raise ValueError(f"break_even: nothing was timed as {name!r}")
    if points[-1][1] > 0:
        return None
    slower = [i for i, (_, over) in enumerate(points) if over > 0]
    if not slower:
        return points[0][0]
    (left, above), (right, below) = points[slower[-1]], points[slower[-1] + 1]
    return left + (right - left) * above / (above - below)


def _library() -> ctypes.CDLL:
    return native.build(native.source("spmm.c"), flags=FLAGS)


def _into(name: str, arrays: Sequence[Tensor], m: int, n: int, sizes: Sequence[int]) -> Call:
    """A call of a C kernel that writes its product (m, n)."""
    c = torch.empty(m, n)
    function = getattr(_library(), name)
    function.restype = None
    given = [*map(native.pointer, (*arrays, c)), *sizes]

    def call() -> Tensor:
        function(*given)
        return c

    return call


def _csr(a: Tensor, b: Tensor) -> Call:
    row_ptr, col_idx, values = sparse.dense_to_csr(a)
    if native.available():
        return _into("csr_spmm", (row_ptr.int(), col_idx.int(), values, b), len(a), b.shape[1], (len(a), b.shape[1]))
    at, columns, factors, dense = (each.numpy() for each in (row_ptr, col_idx, values, b))
    spans = list(pairwise(at))
    return lambda: torch.from_numpy(np.stack([factors[s:e] @ dense[columns[s:e]] for s, e in spans]))


def _nm24(a: Tensor, b: Tensor) -> Call:
    values, packed = sparse.compress_24(a)
    if native.available():
        sizes = (*a.shape, b.shape[1])
        return _into("nm24_spmm", (values, packed, b), len(a), b.shape[1], sizes)
    places = (packed.long()[..., None] >> torch.tensor([0, 2, 4, 6])) & 3
    columns = (places.reshape(values.shape) + 4 * (torch.arange(values.shape[1]) // 2)).numpy()
    factors, dense = values.numpy(), b.numpy()
    rows = list(zip(factors, columns, strict=True))
    return lambda: torch.from_numpy(np.stack([row @ dense[picked] for row, picked in rows]))


def _blocked(a: Tensor, b: Tensor) -> Call:
    col_blocks, values = sparse.to_blocked_ell(a, BLOCK)
    if native.available():
        sizes = (len(a), col_blocks.shape[1], b.shape[1])
        return _into("blocked_ell_spmm", (col_blocks.int(), values, b), len(a), b.shape[1], sizes)
    strips = b.numpy().reshape(-1, BLOCK, b.shape[1])
    parts = values.numpy().reshape(len(col_blocks), BLOCK, -1)
    rows = [(part, own[own >= 0]) for part, own in zip(parts, col_blocks.numpy(), strict=True)]

    def call() -> Tensor:
        made = [part[:, : BLOCK * len(own)] @ strips[own].reshape(-1, b.shape[1]) for part, own in rows]
        return torch.from_numpy(np.concatenate(made))

    return call


def _scipy(a: Tensor, b: Tensor) -> Call:
    left, right = scipy.sparse.csr_matrix(a.numpy()), b.numpy()
    return lambda: torch.from_numpy(left @ right)


def _timed(name: str, sparsity: float, call: Call, wanted: Tensor, repeats: int) -> Timing:
    if not torch.allclose(call(), wanted, rtol=0, atol=RTOL * float(wanted.abs().max())):
        raise ValueError(f"race: {name} at {sparsity:.0%} gives another product than PyTorch")
    return Timing(name, sparsity, *_time_ms(call, repeats))


def _time_ms(call: Call, repeats: int) -> tuple[float, float]:
    """Median and interquartile range of this thread's processor time: what other programs take does not count.

    Where that clock ticks too slowly (Windows) it is the time on the wall.
    """
    ticks = time.get_clock_info("thread_time").resolution
    clock = time.thread_time if ticks < FINE_S else time.perf_counter
    times = []
    for _ in range(1 + repeats):
        start = clock()
        call()
        times.append(1000 * (clock() - start))
    first, median, third = statistics.quantiles(times[1:], n=4)
    return median, third - first
