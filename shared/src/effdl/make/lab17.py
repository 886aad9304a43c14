"""Measure `data/lab17_results.json` anew: `python -m effdl.make.lab17` (Linux with valgrind, about a minute)."""

from __future__ import annotations

import sys
from pathlib import Path

from effdl import cache, cachegrind, loops
from effdl.cache import STM32F746_DATA, Cache
from effdl.loops import Sizes
from effdl.make import checksums

__all__ = ["main"]

SMALL = Cache(line_bytes=32, n_lines=32, ways=32)
WALKS = (  # name, side, order, tiles, cache
    ("jki, 1 KB", 32, "jki", (), SMALL),
    ("ijk, 1 KB", 32, "ijk", (), SMALL),
    ("ikj, 1 KB", 32, "ikj", (), SMALL),
    ("tiles of 8, 1 KB", 32, "ikj", (8,), SMALL),
    ("jki, 4 KB in 4 ways", 64, "jki", (), STM32F746_DATA),
    ("ijk, 4 KB in 4 ways", 64, "ijk", (), STM32F746_DATA),
    ("ikj, 4 KB in 4 ways", 64, "ikj", (), STM32F746_DATA),
    ("tiles of 16, 4 KB in 4 ways", 64, "ikj", (16,), STM32F746_DATA),
)


def main(folder: Path = checksums.DATA) -> None:
    """Count the misses of each walk by our model and by cachegrind, and write both."""
    rows = []
    for name, side, order, tiles, shape in WALKS:
        sizes = Sizes(side, side, side)
        trace = loops.matmul_trace(sizes, order, tiles, element_bytes=(4, 4, 4))
        ours, theirs = cache.count_misses(trace.addresses, shape), cachegrind.count_misses(sizes, order, tiles, shape)
        rows.append({"name": name, "model": ours, "cachegrind": theirs})
        print(rows[-1], flush=True)
    checksums.write_results("lab17", {"cachegrind": rows}, folder)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
