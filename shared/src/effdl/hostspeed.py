"""Time the kernels of `effdl/c` on the processor that runs this notebook, and set them under its roof.

A roofline bounds what a kernel can reach: it does at most `peak` multiply-accumulates (MACs) a second, and at most
intensity x bandwidth, where intensity is MACs for each byte that must come from memory. With a peak of 50 GMAC/s and
10 GB/s, a kernel of 2 MACs a byte reaches at most 20 GMAC/s; from 5 MACs a byte on the peak is the bound. Peak and
bandwidth are measured here, by the loops of host_peaks.c, not taken from a data sheet.

This leaves out several threads, caches in between (each has a slope of its own) and instructions for int8 products,
which PyTorch uses and our compiler does not.

Sources: Williams, Waterman and Patterson 2009, Roofline; the compiler is clang, through `effdl.native`.
"""

from __future__ import annotations

import ctypes
import statistics
import time
from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor

from effdl import native

__all__ = ["Machine", "Speed", "attainable_gmacs", "intensity", "machine", "matvec", "products", "time_ms"]

PLAIN = ("-fno-vectorize", "-fno-slp-vectorize", "-fno-unroll-loops")  # loops as they are written
WIDE = ("-ffast-math", "-mprefer-vector-width=512")
KERNELS = ("naive", "register", "reordered", "unrolled", "tiled", "register_tile")
TILE = 64
TURNS, MEMORY_WORDS = 200_000, 8_000_000


class Speed(NamedTuple):
    """Median time of a product, the interquartile range, and what that is in GMAC a second."""

    name: str
    ms: float
    spread_ms: float
    gmacs: float


class Machine(NamedTuple):
    """What was measured of this processor, with one thread: GMAC a second in float32, gigabytes a second."""

    peak_gmacs: float
    bandwidth_gbytes: float


def attainable_gmacs(macs_per_byte: float, machine: Machine) -> float:
    """The roofline: min(peak, intensity x bandwidth), in GMAC a second.

    Source: Williams et al. 2009

    >>> attainable_gmacs(2, Machine(50, 10)), attainable_gmacs(8, Machine(50, 10))
    (20, 50)
    """
    return min(machine.peak_gmacs, macs_per_byte * machine.bandwidth_gbytes)


def intensity(m: int, n: int, k: int) -> float:
    """MACs for each byte that an int8 product must read or write at least once: A and B in int8, C in int32.

    Source: Williams et al. 2009

    >>> intensity(60, 60, 60), intensity(1, 1, 1)
    (10.0, 0.16666666666666666)
    """
    return m * n * k / (m * k + k * n + 4 * m * n)


def time_ms(call: Callable[[], object], repeats: int = 7) -> tuple[float, float]:
    """Median and interquartile range of the wall time of a call, after one to warm up.

    Raises: ValueError if repeats < 2
    Source: ours
    """
    if repeats < 2:
        raise ValueError(f"time_ms: repeats must be at least 2, got {repeats}")
    call()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        call()
        times.append(1000 * (time.perf_counter() - start))
    first, median, third = statistics.quantiles(times, n=4)
    return median, third - first


def products(n: int, *, repeats: int = 5) -> list[Speed]:
    """Speeds of n x n int8 products: our kernels as written and vectorized by the compiler, NumPy, PyTorch.

    Every result is verified against PyTorch's.

    Raises: ValueError if n is odd, or a kernel gives a wrong product; native.NotInstalled without a compiler
    Source: ours
    """
    if n % 2:
        raise ValueError(f"products: n must be even, got {n}")
    draw = torch.Generator().manual_seed(0)
    a, b = (torch.randint(-128, 128, (n, n), dtype=torch.int8, generator=draw) for _ in range(2))
    found = []
    for suffix, library in (("", _library(*PLAIN)), (", vectorized", _library())):
        for kernel in KERNELS if not suffix else ("reordered", "tiled"):
            found.append(_timed(f"{kernel}{suffix}", _call(library, kernel, a, b), n, repeats))
    whole, real = (a.numpy().astype("int32"), b.numpy().astype("int32")), (a.float(), b.float())
    others = {
        "NumPy, int32": lambda: whole[0] @ whole[1],
        "PyTorch, float32": lambda: real[0] @ real[1],
        "PyTorch, int8": lambda: torch._int_mm(a, b),
    }
    return found + [_timed(name, call, n, repeats) for name, call in others.items()]


def matvec(n: int, *, repeats: int = 9) -> Speed:
    """Speed of an n x n int8 matrix times a vector, by our kernel, vectorized by the compiler, verified.

    Raises: ValueError if the result were wrong; native.NotInstalled without a compiler
    Source: ours
    """
    draw = torch.Generator().manual_seed(0)
    a, x = (torch.randint(-128, 128, shape, dtype=torch.int8, generator=draw) for shape in ((n, n), (n,)))
    y = torch.empty(n, dtype=torch.int32)
    function, given = _library().matvec, [*map(native.pointer, (a, x, y)), n, n]
    function.restype = None
    ms, spread = time_ms(lambda: function(*given), repeats)
    if not torch.equal(y, a.int() @ x.int()):
        raise ValueError("matvec: the kernel gives another result than PyTorch")
    return Speed("matrix by vector", ms, spread, n * n / ms / 1e6)


def machine() -> Machine:
    """Measure the peak of multiply-adds and the bandwidth of memory, with one thread.

    Raises: native.NotInstalled without a compiler
    Source: Williams et al. 2009
    """
    library = native.build(native.source("host_peaks.c"), flags=WIDE)
    library.multiply_adds.argtypes = [ctypes.c_int64, ctypes.c_float, ctypes.c_float]
    library.multiply_adds.restype = ctypes.c_float
    library.read_all.restype = ctypes.c_int64
    memory = torch.ones(MEMORY_WORDS, dtype=torch.int64)
    pointer = native.pointer(memory)
    busy_ms, _ = time_ms(lambda: library.multiply_adds(TURNS, 0.999, 0.1), repeats=9)
    read_ms, _ = time_ms(lambda: library.read_all(pointer, ctypes.c_int64(MEMORY_WORDS)), repeats=9)
    return Machine(192 * TURNS / busy_ms / 1e6, 8 * MEMORY_WORDS / read_ms / 1e6)


def _library(*flags: str) -> ctypes.CDLL:
    return native.build(native.source("matmul.c"), flags=flags)


def _call(library: ctypes.CDLL, kernel: str, a: Tensor, b: Tensor) -> Callable[[], Tensor]:
    (m, k), n = a.shape, b.shape[1]
    c = torch.empty(m, n, dtype=torch.int32)
    function = getattr(library, f"matmul_{kernel}")
    function.restype = None
    given = [*map(native.pointer, (a, b, c)), m, n, k, *([TILE] if kernel == "tiled" else [])]

    def call() -> Tensor:
        function(*given)
        return c

    call()
    if not torch.equal(c, torch._int_mm(a, b)):
        raise ValueError(f"products: {kernel} gives another product than PyTorch")
    return call


def _timed(name: str, call: Callable[[], object], n: int, repeats: int) -> Speed:
    ms, spread = time_ms(call, repeats)
    return Speed(name, ms, spread, n**3 / ms / 1e6)
