"""Measure time, and say how far the number can be trusted: median, its interval, outliers.

A machine that does other things too gives samples with a long tail upwards, so that the mean wanders and the median
stays. Its interval needs no bell curve: the true median lies above a sample with chance 1/2, like a coin, so that of n
sorted samples the r-th smallest and the r-th largest enclose it except when fewer than r coins of n show heads, or
tails. For n = 10 and r = 2 that is 2 x 11 / 1024 = 2 %. Outliers are samples beyond the quartiles by 1.5 times their
distance.

What this leaves out: samples that depend on each other (a processor that heats up), and other processes, which no
statistics take away. `cost.latency_ms` gives median and quartile distance alone.

Sources: Hoefler and Belli 2015, Scientific benchmarking of parallel computing systems, doi:10.1145/2807591.2807644;
Tukey 1977 (outliers).
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from effdl.roofline import Machine

__all__ = ["Summary", "by_batch", "host_machine", "layers", "run", "sample_ms", "summarize"]

GEMM, WORDS = 1024, 16_000_000


class Summary(NamedTuple):
    """The median of some samples, an interval that holds the true one with 95 % confidence, the count of outliers."""

    median: float
    low: float
    high: float
    n_outliers: int


def summarize(samples: Sequence[float], n_warmup: int = 0) -> Summary:
    """Median, its 95 % interval, and the number of outliers of the samples after the first `n_warmup`.

    The interval runs from the r-th smallest to the r-th largest of the n samples that are left, with the largest r for
    which fewer than r heads come up in n tosses of a fair coin with a chance of 2.5 % or less. An outlier lies more
    than 1.5 (q3 - q1) below q1 or above q3, the quartiles as `np.quantile` gives them.

    Shapes: samples (n_warmup + n,), in the order in which they were taken -> Summary(median, low, high, n_outliers)
    Raises: ValueError if n < 6: no r is left
    Source: Hoefler and Belli 2015, rule 6, doi:10.1145/2807591.2807644; Tukey 1977

    >>> summarize([90, 3, 1, 2, 5, 4, 6, 7, 8, 9, 40], n_warmup=1)[1:]
    (2.0, 9.0, 1)
    """
    kept = np.sort(np.asarray(samples)[n_warmup:])
    n = len(kept)
    if n < 6:
        raise ValueError(f"summarize: needs 6 samples after warm-up, got {n}")
    heads = np.cumsum([math.comb(n, k) / 2**n for k in range(n)])  # the chance of at most k heads
    r = (heads <= 0.025).sum()
    q1, median, q3 = np.quantile(kept, [0.25, 0.5, 0.75])
    reach = 1.5 * (q3 - q1)
    outside = (kept < q1 - reach) | (kept > q3 + reach)
    return Summary(*map(float, (median, kept[r - 1], kept[n - r])), int(outside.sum()))


def sample_ms(call: Callable[[], object], repeats: int = 100) -> list[float]:
    """The wall time of each of `repeats` calls, in the order in which they ran, nothing left out.

    Raises: ValueError if repeats < 1
    Source: ours
    """
    if repeats < 1:
        raise ValueError(f"sample_ms: repeats must be at least 1, got {repeats}")
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        call()
        times.append(1000 * (time.perf_counter() - start))
    return times


def run(net: nn.Module, x: Tensor) -> Callable[[], Tensor]:
    """A call of a network in eval mode without gradients, for `sample_ms`.

    Shapes: x as the network takes it
    Source: ours
    """
    net.eval()

    def call() -> Tensor:
        with torch.no_grad():
            return net(x)

    return call


def layers() -> dict[str, tuple[nn.Module, Tensor]]:
    """Layers to time, each with its input: convolutions of 64 channels on 56 x 56 places, a linear layer on few rows.

    Shapes: {name: (layer, input)}
    Source: ours
    """
    image, rows = torch.ones(1, 64, 56, 56), torch.ones(64, 2048)
    linear = nn.Linear(2048, 2048, bias=False)
    return {
        "3 x 3": (nn.Conv2d(64, 64, 3, padding=1, bias=False), image),
        "1 x 1": (nn.Conv2d(64, 64, 1, bias=False), image),
        "depthwise 3 x 3": (nn.Conv2d(64, 64, 3, padding=1, groups=64, bias=False), image),
        "linear, 64 rows": (linear, rows),
        "linear, 1 row": (linear, rows[:1]),
    }


def by_batch(net: nn.Module, shape: tuple[int, ...], batches: Sequence[int], *, repeats: int = 40) -> dict[int, float]:
    """The median time of a network for several sizes of the batch, after ten runs to warm up.

    Shapes: shape of one input -> {batch: ms}
    Source: ours
    """
    calls = {batch: run(net, torch.zeros(batch, *shape)) for batch in batches}
    return {batch: summarize(sample_ms(call, 10 + repeats), 10).median for batch, call in calls.items()}


def host_machine(*, repeats: int = 9) -> Machine:
    """What this processor reaches with one thread: FLOP/s in a large matrix product, bytes/s reading a long array.

    The best of some runs: a roof is what can be reached.

    Source: Williams et al. 2009, doi:10.1145/1498765.1498785
    """
    a, memory = torch.ones(GEMM, GEMM), torch.ones(WORDS)
    product_ms = min(sample_ms(lambda: a @ a, repeats))
    read_ms = min(sample_ms(memory.sum, repeats))
    return Machine(1000 * 2 * GEMM**3 / product_ms, 1000 * 4 * WORDS / read_ms)
