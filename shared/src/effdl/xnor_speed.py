"""Measure what packing signs to bits saves: a matrix of signs times a vector of signs, in C and in PyTorch.

All kernels compute the same numbers on one thread, in the same run: PyTorch's float32 product, a C loop over float32, a
C loop that counts bits, and that one with packing the vector before each call. 4096 x 4096 signs are 64 MiB as
float32 and 2 MiB as bits, so that the larger ones compare memory as much as arithmetic.

This leaves out matrix-matrix products, where float32 reuses what it has loaded and the ratio is smaller, integers of 8
bits, and several threads. Without a C compiler the counting is done by PyTorch's table look-ups, which are slower than
floats: bits save time only with a kernel of their own.

Sources: Rastegari et al. 2016, section 4.1, arXiv:1603.05279; the C text is c/xnor.c
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor

from effdl import lowbit, native
from effdl.cost import Latency

__all__ = ["c_matvec", "measure", "ratio", "sizes_bytes"]

FLAGS = ("-ffast-math",)
WORD_BYTES = 8


def c_matvec(w_bits: Tensor, x_bits: Tensor, n: int) -> Tensor:
    """The product of rows of packed signs with one packed vector, by the C kernel; `xnor_matmul` with one row of x.

    Shapes: w_bits (r, b), x_bits (b,), uint8, b = ceil(n / 8) -> (r,), int32
    Raises: NotInstalled without a C compiler
    Source: c/xnor.c
    """
    w_bits, x_bits = _whole_words(w_bits), _whole_words(x_bits)
    y = torch.zeros(len(w_bits), dtype=torch.int32)
    rows, words = len(w_bits), w_bits.shape[-1] // WORD_BYTES
    at = (native.pointer(array) for array in (w_bits, x_bits, y))
    native.build(native.source("xnor.c"), flags=FLAGS).xnor_matvec(*at, rows, words, n)
    return y


def measure(n: int, *, repeats: int = 30) -> dict[str, Latency]:
    """Median time of an n x n product of signs in each form, in milliseconds.

    Raises: ArithmeticError if two of them give different numbers
    Source: Rastegari et al. 2016, section 4.1, arXiv:1603.05279
    """
    generator = torch.Generator().manual_seed(0)
    w, x = (lowbit.binarize(torch.randn(shape, generator=generator)) for shape in ((n, n), (n,)))
    w_bits, x_bits = lowbit.pack_bits(w), lowbit.pack_bits(x)
    kernels = {"float32, PyTorch": lambda: torch.mv(w, x)}
    if native.available():
        kernels |= _in_c(w, x, n)
    else:
        kernels["bits, PyTorch"] = lambda: lowbit.xnor_matmul(x_bits[None], w_bits, n)[0]
    results = [kernel().flatten().to(torch.int32) for kernel in kernels.values()]
    if not all(torch.equal(result, results[0]) for result in results):
        raise ArithmeticError("measure: the kernels do not agree")
    return {name: _timed(kernel, repeats) for name, kernel in kernels.items()}


def ratio(times: dict[str, Latency]) -> float:
    """How many times as fast the last form is as the first, PyTorch's float32.

    Source: ours

    >>> ratio({"float32, PyTorch": Latency(8.0, 0.1), "bits, our C": Latency(0.5, 0.1)})
    16.0
    """
    first, *_, last = times.values()
    return first.median_ms / last.median_ms


def sizes_bytes(n: int) -> tuple[int, int]:
    """Bytes of n x n signs as float32 and as bits.

    Source: ours

    >>> sizes_bytes(4096)
    (67108864, 2097152)
    """
    return 4 * n * n, n * -(-n // 8)


def _in_c(w: Tensor, x: Tensor, n: int) -> dict[str, Callable[[], Tensor]]:
    """The three C kernels, their operands laid out before the clock starts."""
    library = native.build(native.source("xnor.c"), flags=FLAGS)
    w_bits, x_bits = _whole_words(lowbit.pack_bits(w)), _whole_words(lowbit.pack_bits(x))
    floats, counts, words = torch.zeros(len(w)), torch.zeros(len(w), dtype=torch.int32), w_bits.shape[-1] // WORD_BYTES
    at = {name: native.pointer(a) for name, a in zip("wxfcWX", (w, x, floats, counts, w_bits, x_bits), strict=True)}

    def by_floats() -> Tensor:
        library.float_matvec(at["w"], at["x"], at["f"], len(w), n)
        return floats

    def by_bits() -> Tensor:
        library.xnor_matvec(at["W"], at["X"], at["c"], len(w), words, n)
        return counts

    def packing_too() -> Tensor:
        library.pack(at["x"], at["X"], n)
        return by_bits()

    return {"float32, our C": by_floats, "bits, our C, packing x too": packing_too, "bits, our C": by_bits}


def _whole_words(bits: Tensor) -> Tensor:
    return F.pad(bits, (0, -bits.shape[-1] % WORD_BYTES)).contiguous()


def _timed(kernel: Callable[[], Tensor], repeats: int) -> Latency:
    times_ms = []
    for _ in range(3 + repeats):
        start = time.perf_counter()
        kernel()
        times_ms.append(1000 * (time.perf_counter() - start))
    first, median, third = statistics.quantiles(times_ms[3:], n=4)
    return Latency(median, third - first)
