"""Store matrices that are mostly zero: compressed sparse rows (CSR), Blocked-ELL, and 2:4.

CSR keeps the non-zero values row by row, the column of each, and where each row begins: of [[0, 7], [0, 0], [5, 6]] the
values are [7, 5, 6], their columns [1, 0, 1] and the row pointer [0, 1, 1, 3]. Blocked-ELL keeps whole b x b blocks, in
each row of blocks equally many, padded by blocks with column -1. 2:4 keeps two values of every four in a row and 2 bits
for the place of each, four such indices to a byte.

This leaves out what libraries add: indices narrower than 64 bits (they are counted, not kept), blocks that are not
square, and the order in which a tensor core wants the bits of 2:4.

Sources: Gale et al. 2020, arXiv:2006.10901 (CSR in deep learning); NVIDIA's cuSPARSE, `cusparseCreateBlockedEll`;
Mishra et al. 2021, arXiv:2104.08378
"""

from __future__ import annotations

import torch
from torch import Tensor

__all__ = ["blocked_ell_to_dense", "compress_24", "csr_to_dense", "decompress_24", "dense_to_csr", "to_blocked_ell"]


def dense_to_csr(a: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Store a matrix as compressed sparse rows: row_ptr, col_idx, values.

    `values` holds what is not zero, row by row and from left to right, in the dtype of `a`; `col_idx` the column of
    each. Row r owns the entries row_ptr[r] .. row_ptr[r + 1] - 1, so that row_ptr begins with 0 and ends with the
    number of entries. `a` stays as it is.

    Shapes: a (m, k) -> row_ptr (m + 1,), int64, col_idx (nnz,), int64, values (nnz,)
    Source: Gale et al. 2020, section II, arXiv:2006.10901

    >>> dense_to_csr(torch.tensor([[0, 7], [0, 0], [5, 6]]))
    (tensor([0, 1, 1, 3]), tensor([1, 0, 1]), tensor([7, 5, 6]))
    """
    rows, col_idx = a.nonzero(as_tuple=True)
    row_ptr = torch.zeros(len(a) + 1, dtype=torch.int64)
    row_ptr[1:] = rows.bincount(minlength=len(a)).cumsum(0)
    return row_ptr, col_idx, a[rows, col_idx]


def csr_to_dense(row_ptr: Tensor, col_idx: Tensor, values: Tensor, k: int) -> Tensor:
    """The matrix of k columns that CSR stores; entries at the same place add up.

    Shapes: row_ptr (m + 1,), col_idx (nnz,), values (nnz,) -> (m, k)
    Source: ours

    >>> csr_to_dense(torch.tensor([0, 1, 1]), torch.tensor([2]), torch.tensor([7]), 3)
    tensor([[0, 0, 7],
            [0, 0, 0]])
    """
    rows = torch.arange(len(row_ptr) - 1).repeat_interleave(row_ptr.diff())
    dense = values.new_zeros(len(row_ptr) - 1, k)
    return dense.index_put((rows, col_idx), values, accumulate=True)


def compress_24(w: Tensor) -> tuple[Tensor, Tensor]:
    """Store a 2:4 matrix as its values and packed 2-bit indices.

    In each run of four columns at most two are not zero. Two are stored, from left to right: the non-zeros, and where
    there are fewer the leftmost zeros with them. Each has an index 0..3 in its run. A byte holds four indices, of two
    runs: the first in its lowest two bits, the fourth in its highest. `w` stays as it is.

    Shapes: w (r, c) -> values (r, c / 2), packed (r, c / 8), uint8
    Raises: ValueError if 8 does not divide c, or a run holds more than two non-zeros
    Source: Mishra et al. 2021, section 3, arXiv:2104.08378

    >>> compress_24(torch.tensor([[0, 9, 0, 4, 0, 0, 0, 5]]))
    (tensor([[9, 4, 0, 5]]), tensor([[205]], dtype=torch.uint8))
    """
    r, c = w.shape
    if c % 8:
        raise ValueError(f"compress_24: needs columns in runs of 8, w is {tuple(w.shape)}")
    # (r, c) -> (r, c / 4, 4)
    runs = w.reshape(r, c // 4, 4)
    if (runs != 0).sum(-1).gt(2).any():
        raise ValueError("compress_24: a run of four holds more than two non-zeros; prune to 2:4 first")
    # a stable sort puts the non-zeros first and leaves zeros in their order
    index = (runs == 0).argsort(stable=True)[..., :2].sort(-1).values
    values = runs.gather(-1, index).reshape(r, c // 2)
    # (r, c / 4, 2) -> (r, c / 8, 4) -> (r, c / 8)
    packed = (index.reshape(r, c // 8, 4) << torch.tensor([0, 2, 4, 6])).sum(-1)
    return values, packed.to(torch.uint8)


def decompress_24(values: Tensor, packed: Tensor) -> Tensor:
    """The matrix that a 2:4 format stores; the inverse of `compress_24`.

    Shapes: values (r, c / 2), packed (r, c / 8), uint8 -> (r, c)
    Source: Mishra et al. 2021, section 3, arXiv:2104.08378

    >>> decompress_24(torch.tensor([[9, 4, 0, 5]]), torch.tensor([[205]], dtype=torch.uint8))
    tensor([[0, 9, 0, 4, 0, 0, 0, 5]])
    """
    r, half = values.shape
    index = (packed.long()[..., None] >> torch.tensor([0, 2, 4, 6])) & 3
    runs = values.new_zeros(r, half // 2, 4)
    return runs.scatter(-1, index.reshape(r, half // 2, 2), values.reshape(r, half // 2, 2)).reshape(r, 2 * half)


def to_blocked_ell(a: Tensor, block: int) -> tuple[Tensor, Tensor]:
    """Store the b x b blocks of a matrix that are not all zero, in each row of blocks equally many: Blocked-ELL.

    `width` is the largest number of such blocks in one row of blocks. col_blocks[i] holds the block columns of row of
    blocks i, counted from 0, from left to right, then -1 for padding. The blocks' values stand side by side in the same
    order, those of padding are 0. `a` stays as it is.

    Shapes: a (m, k), b = block -> col_blocks (m / b, width), int64, values (m, width * b)
    Raises: ValueError if block does not divide m and k
    Source: NVIDIA's cuSPARSE, `cusparseCreateBlockedEll` (ellColInd, ellValue)

    >>> to_blocked_ell(torch.tensor([[1, 2, 0, 4], [0, 0, 0, 0], [0, 0, 0, 5], [0, 0, 6, 0]]), block=2)[0]
    tensor([[ 0,  1],
            [ 1, -1]])
    """
    m, k = a.shape
    if m % block or k % block:
        raise ValueError(f"to_blocked_ell: blocks of {block} do not divide a matrix of {m} x {k}")
    # (m, k) -> (m / b, b, k / b, b) -> (m / b, k / b, b, b)
    tiles = a.reshape(m // block, block, k // block, block).transpose(1, 2)
    used = (tiles != 0).any(-1).any(-1)
    width = int(used.sum(1).max())
    col_blocks = torch.full((m // block, width), -1)
    values = a.new_zeros(m, width * block)
    for row, of_row in enumerate(used):
        columns = of_row.nonzero().flatten()
        col_blocks[row, : len(columns)] = columns
        # (blocks, b, b) -> (b, blocks * b)
        side_by_side = tiles[row, columns].transpose(0, 1).reshape(block, -1)
        values[row * block : (row + 1) * block, : len(columns) * block] = side_by_side
    return col_blocks, values


def blocked_ell_to_dense(col_blocks: Tensor, values: Tensor, k: int) -> Tensor:
    """The matrix of k columns that Blocked-ELL stores; the inverse of `to_blocked_ell`.

    Shapes: col_blocks (m / b, width), values (m, width * b) -> (m, k)
    Source: NVIDIA's cuSPARSE, `cusparseCreateBlockedEll`

    >>> blocked_ell_to_dense(torch.tensor([[1, -1]]), torch.tensor([[7, 0]]), 2)
    tensor([[0, 7]])
    """
    block = len(values) // len(col_blocks)
    dense = values.new_zeros(len(values), k)
    for row, columns in enumerate(col_blocks.tolist()):
        for slot, column in enumerate(columns):
            if column >= 0:
                part = values[row * block : (row + 1) * block, slot * block : (slot + 1) * block]
                dense[row * block : (row + 1) * block, column * block : (column + 1) * block] = part
    return dense
