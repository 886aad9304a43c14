"""The loops of a matrix product: their order, their tiles, what they cost beside the arithmetic.

C (m, n) = A (m, k) B (k, n) takes m n k multiply-accumulates (MACs) in any order. The order decides which element of
memory comes next, and so what a cache can keep: "ijk" has i as the outermost loop, k as the innermost. A tile cuts each
loop into blocks and walks block by block: i, j, k over blocks outside, i, j, k over elements inside. Unrolling puts
several MACs into one turn of the innermost loop, so that counter and test are paid once: 10 MACs by 4 take 2 turns of 4
and 2 single ones.

This leaves out registers: the trace has every MAC read A, B and C from memory, as the simplest compiled loop does.

Sources: Lam, Rothberg and Wolf 1991, The cache performance of blocked algorithms; the course's lecture on TinyEngine.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

__all__ = ["ORDERS", "Sizes", "Trace", "best_tile", "loop_turns", "matmul_steps", "matmul_trace"]

ORDERS = ("ijk", "ikj", "jik", "jki", "kij", "kji")
ALIGNMENT = 64  # arrays begin at a multiple of it, as the host's and the microcontroller's do


class Sizes(NamedTuple):
    """Rows of A and C, columns of B and C, and the length of the sums."""

    m: int
    n: int
    k: int

    @property
    def macs(self) -> int:
        return self.m * self.n * self.k


class Trace(NamedTuple):
    """Memory accesses in their order: which array (0, 1, 2 for A, B, C), which element of it, which address."""

    arrays: np.ndarray
    elements: np.ndarray
    addresses: np.ndarray


def best_tile(cache_bytes: int, element_bytes: tuple[int, int, int], multiple: int = 1) -> int:
    """The largest tile side T, a multiple of `multiple`, at which three T x T tiles fit into the cache together.

    The elements of A, B and C take element_bytes[0], [1] and [2] bytes each: an int8 product with 32-bit sums has
    (1, 1, 4). Filling the cache to the last byte is allowed.

    Raises: ValueError if not even T = multiple fits
    Source: Lam et al. 1991, section 3

    >>> best_tile(4096, (1, 1, 4)), best_tile(4096, (1, 1, 4), multiple=4)
    (26, 24)
    """
    tile = 0
    while (tile + multiple) ** 2 * sum(element_bytes) <= cache_bytes:
        tile += multiple
    if tile == 0:
        raise ValueError(f"best_tile: three tiles of side {multiple} do not fit into {cache_bytes} bytes")
    return tile


def loop_turns(k: int, unroll: int) -> tuple[int, int]:
    """Turns of the loop that does `unroll` MACs at a time, and of the one that does the rest singly.

    Raises: ValueError if unroll < 1
    Source: ours

    >>> loop_turns(10, 4)
    (2, 2)
    """
    if unroll < 1:
        raise ValueError(f"loop_turns: unroll must be at least 1, got {unroll}")
    return divmod(k, unroll)


def matmul_steps(sizes: Sizes, order: str = "ijk", tiles: Sequence[int] = ()) -> np.ndarray:
    """The index triples (i, j, k) of a matrix product in the order in which its loops visit them.

    `tiles` holds the sides of the blocks, the outermost first: (32, 8) walks blocks of 8 inside blocks of 32.

    Shapes: -> (m * n * k, 3), the columns i, j, k
    Raises: ValueError if order is not a permutation of i, j and k, or a tile is smaller than 1
    Source: Lam et al. 1991

    >>> matmul_steps(Sizes(1, 2, 2), "ikj").tolist()
    [[0, 0, 0], [0, 1, 0], [0, 0, 1], [0, 1, 1]]
    """
    if order not in ORDERS or any(tile < 1 for tile in tiles):
        raise ValueError(f"matmul_steps: order must be one of {', '.join(ORDERS)}, tiles >= 1; got {order!r}, {tiles}")
    # (3, m, n, k) -> (3, m * n * k)
    grid = np.indices(sizes).reshape(3, -1)
    walk = [grid["ijk".index(loop)] for loop in order]
    keys = [index // tile for tile in tiles for index in walk] + walk
    return grid[:, np.lexsort(keys[::-1])].T


def matmul_trace(
    sizes: Sizes, order: str = "ijk", tiles: Sequence[int] = (), *, element_bytes: tuple[int, int, int] = (1, 1, 4)
) -> Trace:
    """What a matrix product touches: for each MAC its element of A, of B and of C; C is read and written at once.

    The arrays lie one behind the other, row by row, each from a multiple of 64 bytes on.

    Shapes: three arrays (3 * m * n * k,)
    Raises: ValueError as matmul_steps does
    Source: Lam et al. 1991

    >>> matmul_trace(Sizes(1, 1, 2), element_bytes=(4, 4, 4)).addresses.tolist()
    [0, 64, 128, 4, 68, 128]
    """
    i, j, k = matmul_steps(sizes, order, tiles).T
    # one row a MAC, one column an array -> in the order of time
    elements = np.stack([i * sizes.k + k, k * sizes.n + j, i * sizes.n + j], axis=1)
    counts = np.array([sizes.m * sizes.k, sizes.k * sizes.n, sizes.m * sizes.n])
    padded = -(-counts * np.array(element_bytes) // ALIGNMENT) * ALIGNMENT
    starts = np.concatenate([[0], padded.cumsum()[:2]])
    addresses = starts + elements * np.array(element_bytes)
    arrays = np.broadcast_to(np.arange(3), elements.shape)
    return Trace(arrays.reshape(-1), elements.reshape(-1), addresses.reshape(-1))
