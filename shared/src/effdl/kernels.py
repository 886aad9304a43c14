"""Run the C kernels of `effdl/c` on an emulated microcontroller, and count what they cost.

Each kernel computes c (m, n) = a (m, k) b (k, n) from int8 matrices. `product` calls one, `measure` also verifies the
result against NumPy and returns instructions, instructions for each multiply-accumulate (MAC), SRAM at the peak and an
estimate of the time. The naive product of 32 x 64 by 64 x 32 takes about 7 instructions a MAC.

This leaves out caches and wait states, which the emulator does not know: its milliseconds are a table's estimate. Loops
are compiled as they are written (-fno-unroll-loops); -O3 would unroll some by itself.

Sources: the kernels' own files; Lai et al. 2018, CMSIS-NN, arXiv:1801.06601.
"""

from __future__ import annotations

import re
from typing import NamedTuple

import numpy as np

from effdl import cache, mcu, native

__all__ = [
    "KERNELS",
    "Measured",
    "compile_text",
    "function_text",
    "measure",
    "misses",
    "product",
    "random_matrices",
    "tile_moves",
]

OPTIONS = "-O2 -fno-unroll-loops"
RUBBISH = -(2**30) + 12345  # what c holds before the call
KERNELS = {  # name: file; in the order in which the lab meets them
    "matmul_naive": "matmul.c",
    "matmul_register": "matmul.c",
    "matmul_reordered": "matmul.c",
    "matmul_unrolled": "matmul.c",
    "matmul_tiled": "matmul.c",
    "matmul_register_tile": "matmul.c",
    "matmul_simd": "matmul_simd.c",
}


class Measured(NamedTuple):
    """What one call of a kernel took; time is an estimate."""

    kernel: str
    macs: int
    instructions: int
    branches: int
    peak_sram_bytes: int
    ms_estimate: float

    @property
    def per_mac(self) -> float:
        return self.instructions / self.macs


def function_text(name: str, file: str = "matmul.c") -> str:
    """The text of one function of a C file, with the comment above it.

    Raises: ValueError if the file has no such function
    Source: ours

    >>> function_text("matmul_naive").splitlines()[0]
    '/* Every step of a sum is read from memory and written back. */'
    """
    pattern = rf"(/\*(?:(?!\*/)[\s\S])*\*/\n)?^[\w ]+\b{re.escape(name)}\([^)]*\) {{\n[\s\S]*?^}}\n"
    found = re.search(pattern, native.source(file), re.MULTILINE)
    if not found:
        raise ValueError(f"function_text: {file} has no function {name!r}")
    return found[0]


def compile_text(text: str, part: str = "stm32f412") -> mcu.Program:
    """Compile C text with the lab's options.

    Raises: mcu.CompileError naming the line; ValueError for an unknown part
    Source: `effdl.mcu`
    """
    return mcu.compile(text, part=part, opt=OPTIONS)


def product(
    program: mcu.Program, name: str, a: np.ndarray, b: np.ndarray, *, tile: int = 0, trace: bool = False
) -> mcu.Run:
    """Call `name(a, b, c, m, n, k)` of a program, with `tile` as a seventh argument if it is not 0.

    c holds rubbish before the call; afterwards it is the third of the run's arrays.

    Shapes: a (m, k), b (k, n), int8
    Raises: mcu.Fault, mcu.OutOfSram, mcu.TooLong; ValueError if the shapes do not fit
    Source: ours
    """
    if a.ndim != 2 or b.ndim != 2 or a.shape[1] != b.shape[0]:
        raise ValueError(f"product: a {a.shape} and b {b.shape} cannot be multiplied")
    (m, k), n = a.shape, b.shape[1]
    c = np.full((m, n), RUBBISH, np.int32)
    limit = 200_000 + 100 * m * n * k  # a slow answer may take ten times the naive one's
    more = (tile,) if tile else ()
    return mcu.run(program, name, a, b, c, m, n, k, *more, max_instructions=limit, trace=trace)


def measure(name: str, a: np.ndarray, b: np.ndarray, *, part: str = "stm32f412", tile: int = 16) -> Measured:
    """Run one of KERNELS on a part and verify its result against NumPy's.

    Shapes: a (m, k), b (k, n), int8
    Raises: mcu.OutOfSram if the matrices do not fit; ValueError for another name, or if the result were wrong
    Source: ours
    """
    if name not in KERNELS:
        raise ValueError(f"measure: name must be one of {', '.join(KERNELS)}, not {name!r}")
    want = a.astype(np.int32) @ b.astype(np.int32)
    if name == "matmul_simd":  # takes b transposed, so that four steps of a sum are one word
        run = _simd(a, b, part)
    else:
        run = product(compile_text(function_text(name), part), name, a, b, tile=tile * (name == "matmul_tiled"))
    if not np.array_equal(run.arrays[2], want):
        raise ValueError(f"measure: {name} gives another product than NumPy")
    ms = run.cycles_estimate / mcu.PARTS[part].mhz / 1000
    macs = want.size * a.shape[1]
    return Measured(name, macs, run.instructions, run.histogram["branch"], run.peak_sram_bytes, ms)


def misses(run: mcu.Run, line_bytes: int, n_lines: int) -> int:
    """Count the cache lines that a traced run had to fetch, through a fully associative LRU cache, stack included.

    Source: `effdl.cache`
    """
    return cache.count_misses(run.trace["address"].astype(np.int64), cache.Cache(line_bytes, n_lines, n_lines))


def tile_moves(run: mcu.Run, sizes: tuple[int, int, int], tile: int) -> tuple[int, int, int]:
    """How often the reads of a traced product enter another tile of a, of b and of c, the first one included.

    A kernel that works block by block enters a tile of each at most once a block.

    Source: ours
    """
    _, n, k = sizes
    reads = run.trace[~run.trace["write"]]["address"].astype(np.int64)
    moves = []
    for start, array, columns in zip(run.addresses, run.arrays, (k, n, n), strict=True):
        inside = (reads[(reads >= start) & (reads < start + array.nbytes)] - start) // array.itemsize
        tiles = (inside // columns // tile) * -(-columns // tile) + inside % columns // tile
        moves.append(int((np.diff(tiles) != 0).sum()) + min(1, len(tiles)))
    return moves[0], moves[1], moves[2]


def random_matrices(m: int, n: int, k: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Two matrices of random int8 numbers over the whole range, (m, k) and (k, n).

    Shapes: -> (m, k), (k, n), int8
    Source: ours

    >>> [matrix.shape for matrix in random_matrices(2, 3, 4)]
    [(2, 4), (4, 3)]
    """
    draw = np.random.default_rng(seed)
    return draw.integers(-128, 128, (m, k)).astype(np.int8), draw.integers(-128, 128, (k, n)).astype(np.int8)


def _simd(a: np.ndarray, b: np.ndarray, part: str) -> mcu.Run:
    program = compile_text(native.source(KERNELS["matmul_simd"]), part)
    (m, k), n = a.shape, b.shape[1]
    c = np.full((m, n), RUBBISH, np.int32)
    return mcu.run(program, "matmul_simd", a, np.ascontiguousarray(b.T), c, m, n, k)
