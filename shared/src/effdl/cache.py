"""Count the hits and misses of a cache.

A cache keeps copies of a few lines of memory; a line is `line_bytes` consecutive bytes, number address // line_bytes.
Line number L may stand only in set L % n_sets, which holds `ways` lines; when it is full, the line that was not used
for longest goes (LRU). With lines of 8 bytes, two sets and one way, the addresses 0, 4, 16, 0 are a miss, a hit (the
same line), a miss (line 2, the same set as line 0) and a miss again.

This leaves out time, writing back, prefetching and the instruction cache. A write that misses fetches its line, as a
read does (write-allocate). Processors replace nearly as LRU does, or at random, which is cheaper.

Sources: Hennessy and Patterson, Computer Architecture, appendix B; valgrind's cachegrind, which our counts are compared
with; the Cortex-M7 manual, ARM DDI 0489, on its caches (lines of 32 bytes, 4 ways for data).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

__all__ = ["STM32F746_DATA", "Cache", "Levels", "cache_hits", "count_levels", "count_misses"]


class Cache(NamedTuple):
    """The shape of a cache: bytes of a line, number of lines, lines of a set."""

    line_bytes: int
    n_lines: int
    ways: int

    @property
    def size_bytes(self) -> int:
        return self.line_bytes * self.n_lines


class Levels(NamedTuple):
    """Misses of a small cache, and those of a large one behind it."""

    first: int
    second: int


STM32F746_DATA = Cache(line_bytes=32, n_lines=128, ways=4)


def cache_hits(addresses: np.ndarray, line_bytes: int, n_lines: int, ways: int) -> np.ndarray:
    """Say of each access in turn whether its line is in the cache (True) or must be fetched (False).

    The cache starts empty. It has n_lines / ways sets of `ways` lines. Line number address // line_bytes belongs to set
    (line number) % (number of sets). A miss brings the line in; a full set gives up the line that was used least
    recently, a hit being a use.

    Shapes: addresses (n,), integers, in bytes -> (n,), bool
    Raises: ValueError if ways does not divide n_lines
    Source: Hennessy and Patterson, Computer Architecture, appendix B

    >>> cache_hits(np.array([0, 4, 16, 0]), line_bytes=8, n_lines=2, ways=1)
    array([False,  True, False, False])
    """
    if n_lines % ways:
        raise ValueError(f"cache_hits: {n_lines} lines cannot be divided into sets of {ways} ways")
    sets = [{} for _ in range(n_lines // ways)]  # of each set the lines, the least recently used one first
    hits = np.zeros(len(addresses), dtype=bool)
    for step, line in enumerate((addresses // line_bytes).tolist()):
        held = sets[line % len(sets)]
        hits[step] = line in held
        held.pop(line, None)
        held[line] = None
        if len(held) > ways:
            del held[next(iter(held))]
    return hits


def count_misses(addresses: np.ndarray, cache: Cache) -> int:
    """The number of accesses whose line has to be fetched.

    Shapes: addresses (n,), integers, in bytes
    Source: `cache_hits`

    >>> count_misses(np.arange(64), Cache(line_bytes=32, n_lines=2, ways=1))
    2
    """
    return int(len(addresses) - cache_hits(addresses, *cache).sum())


def count_levels(addresses: np.ndarray, first: Cache, second: Cache) -> Levels:
    """Misses of two caches, the second asked only for what the first misses.

    Shapes: addresses (n,), integers, in bytes
    Source: Hennessy and Patterson, Computer Architecture, appendix B

    >>> count_levels(np.array([0, 64, 0, 64]), Cache(32, 1, 1), Cache(32, 2, 2))
    Levels(first=4, second=2)
    """
    missed = addresses[~cache_hits(addresses, *first)]
    return Levels(len(missed), count_misses(missed, second))
