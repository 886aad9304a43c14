"""Ask valgrind's cachegrind how many misses a walk through a matrix product has, to hold `effdl.cache` against it.

Cachegrind runs a real program, compiled from c/walk.c, and simulates a cache of the shape it is given, LRU like ours.
Only misses of the one function that walks are counted, so that starting the program costs nothing.

This leaves out everything but the first level of data. Valgrind is a Linux package (`apt install valgrind`), needed for
nothing else: the lab shows numbers that `python -m effdl.make.lab17` has measured.

Sources: valgrind's manual, chapter 5; its output format is documented there.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from effdl import data, native
from effdl.cache import Cache
from effdl.loops import Sizes

__all__ = ["available", "cached_pairs", "count_misses"]

NO_TILE = 1 << 20


def available() -> bool:
    """Whether valgrind and a compiler are installed.

    Source: ours
    """
    return shutil.which("valgrind") is not None and native.available()


def count_misses(sizes: Sizes, order: str, tiles: Sequence[int], cache: Cache) -> int:
    """Data misses of the walk "ijk", "ikj" or "jki", with float32 elements and at most one level of tiles.

    Raises: RuntimeError if valgrind fails; ValueError for two levels of tiles
    Source: valgrind's cachegrind
    """
    if len(tiles) > 1:
        raise ValueError(f"count_misses: cachegrind's walk has one level of tiles, not {len(tiles)}")
    settings = {"ORDER": order, "M": sizes.m, "N": sizes.n, "K": sizes.k, "TILE": tiles[0] if tiles else NO_TILE}
    flags = [f"-D{name}={value}" for name, value in settings.items()]
    options = ["-O2", "-std=c11", "-fno-sanitize=all", "-fno-vectorize", "-fno-unroll-loops", "-mcpu=baseline"]
    program = native.compile_c(native.source("walk.c"), [*options, *flags], suffix=".run")
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out"
        shape = f"--D1={cache.size_bytes},{cache.ways},{cache.line_bytes}"
        command = ["valgrind", "--tool=cachegrind", "--cache-sim=yes", shape, f"--cachegrind-out-file={out}", program]
        done = subprocess.run([*map(str, command)], capture_output=True, text=True, check=False)
        if done.returncode or not out.is_file():
            raise RuntimeError(f"count_misses: valgrind failed: {done.stderr.strip()[-500:]}")
        return _misses_of("walk", out.read_text(encoding="utf-8"))


def cached_pairs() -> list[tuple[str, int, int]]:
    """(name, misses of our model, misses by cachegrind) as `python -m effdl.make.lab17` measured them.

    Source: `data/lab17_results.json`

    >>> len(cached_pairs()) > 4
    True
    """
    results = data.results("lab17")
    return [(row["name"], row["model"], row["cachegrind"]) for row in results["cachegrind"]]


def _misses_of(function: str, report: str) -> int:
    """The sum of D1mr and D1mw over the lines of one function."""
    columns, counts, inside = [], [], False
    for line in report.splitlines():
        key, _, rest = line.partition(":" if line.startswith("events") else "=")
        if key == "events":
            columns = rest.split()
        elif key == "fn":
            inside = rest == function
        elif inside and line[:1].isdigit():
            counts.append(dict(zip(columns, map(int, line.split()[1:]), strict=True)))
    return sum(row["D1mr"] + row["D1mw"] for row in counts)
