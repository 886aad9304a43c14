"""Multiply with sparse matrices, and spread the rows of one over the workers of a GPU.

SpMM is C = A B with A sparse: row r of C is the sum over r's entries of value times a row of B. Hierarchical 1-D tiling
gives one row of C and a strip of `tile` columns to one block of threads: 100 rows, 128 columns and tiles of 32 make 400
blocks, and each of them reads the entries of its row again. Row swizzle decides in which order the rows come. SDDMM is
the reverse, a dense product of which only some places are wanted; SpGEMM multiplies two sparse matrices.

This leaves out the GPU itself: `schedule` counts one unit of time for each entry, has no memory and no launch costs.
A thread block's rows run in lock-step, which is why a bundle takes as long as its longest row.

Sources: Gale et al. 2020, Sputnik, arXiv:2006.10901; Gustavson 1978 (products of sparse matrices); Mishra et al. 2021,
arXiv:2104.08378; NVIDIA's cuSPARSE (Blocked-ELL)
"""

from __future__ import annotations

import torch
from torch import Tensor

__all__ = [
    "blocked_ell_spmm", "cov", "csr_spmm", "matmul_24", "row_swizzle", "schedule", "sddmm", "spgemm", "utilization",
]  # fmt: skip


def csr_spmm(row_ptr: Tensor, col_idx: Tensor, values: Tensor, b: Tensor, tile: int) -> tuple[Tensor, Tensor]:
    """Multiply a CSR matrix A with a dense B by 1-D tiles, and count the work: C = A B, traffic.

    One block of threads computes one row of C in one strip of `tile` columns (the last strip may be narrower): it reads
    the entries of that row of A once, and for each of them the strip of one row of B. A row without entries has blocks
    too. Entries of a row may stand in any order; several at one place add up. traffic holds three counts: blocks of
    threads, entries of A that they read, values of B that they read. All inputs stay as they are.

    Shapes: row_ptr (m + 1,), col_idx (nnz,), values (nnz,), b (k, n) -> c (m, n) like values, traffic (3,), int64
    Raises: ValueError if tile < 1
    Source: Gale et al. 2020, section V, arXiv:2006.10901

    >>> csr_spmm(torch.tensor([0, 2]), torch.tensor([0, 2]), torch.tensor([5, 6]), torch.eye(3).long(), tile=2)
    (tensor([[5, 0, 6]]), tensor([2, 4, 6]))
    """
    if tile < 1:
        raise ValueError(f"csr_spmm: tile must be at least 1, not {tile}")
    m, n = len(row_ptr) - 1, b.shape[1]
    c = values.new_zeros(m, n)
    traffic = torch.zeros(3, dtype=torch.int64)
    for row in range(m):
        columns, factors = (each[row_ptr[row] : row_ptr[row + 1]] for each in (col_idx, values))
        for left in range(0, n, tile):
            strip = b[columns, left : left + tile]
            c[row, left : left + tile] = factors @ strip
            traffic += torch.tensor([1, len(columns), strip.numel()])
    return c, traffic


def row_swizzle(lengths: Tensor) -> Tensor:
    """The order in which rows are worked off: from the longest to the shortest, equal ones in the order they stand.

    Sorting does both steps of row swizzle: rows of similar length become neighbors (bundling), and heavy ones come
    first (binning), so that light ones fill the gaps at the end. `lengths` stays as it is.

    Shapes: lengths (m,), entries of each row -> (m,), int64, a permutation: the first is the row to begin with
    Source: Gale et al. 2020, section V-C, arXiv:2006.10901

    >>> row_swizzle(torch.tensor([2, 5, 2, 9]))
    tensor([3, 1, 0, 2])
    """
    return lengths.argsort(descending=True, stable=True)


def schedule(lengths: Tensor, order: Tensor, bundle: int, workers: int) -> Tensor:
    """Which worker computes which bundle of rows, and when: worker, start and end of each bundle.

    Taken in `order`, each `bundle` rows form a bundle; the last one may hold fewer. Its rows run in lock-step, so that
    it takes as long as its longest row has entries. All workers are free at 0. Bundle after bundle goes to the worker
    that is free first, of several to the one of lowest number. `lengths` and `order` stay as they are.

    Shapes: lengths (m,), order (m,), a permutation of 0..m - 1 -> (ceil(m / bundle), 3), int64
    Raises: ValueError if bundle or workers < 1
    Source: Gale et al. 2020, section V-C, arXiv:2006.10901; Graham 1969 (list scheduling)

    >>> schedule(torch.tensor([2, 5, 2, 9]), torch.tensor([3, 1, 0, 2]), bundle=1, workers=2).tolist()
    [[0, 0, 9], [1, 0, 5], [1, 5, 7], [1, 7, 9]]
    """
    if bundle < 1 or workers < 1:
        raise ValueError(f"schedule: bundle and workers must be at least 1, not {bundle} and {workers}")
    free, runs = [0] * workers, []
    for rows in order.split(bundle):
        worker = min(range(workers), key=free.__getitem__)
        start = free[worker]
        free[worker] += int(lengths[rows].max())
        runs.append([worker, start, free[worker]])
    return torch.tensor(runs)


def cov(lengths: Tensor) -> float:
    """The coefficient of variation of row lengths, standard deviation / mean: 0 where all rows are equally long.

    Shapes: lengths (m,)
    Source: Gale et al. 2020, section II, arXiv:2006.10901

    >>> cov(torch.tensor([1, 3]))
    0.5
    """
    return float(lengths.double().std(correction=0) / lengths.double().mean())


def utilization(lengths: Tensor, runs: Tensor, bundle: int, workers: int) -> float:
    """The share of all lanes' time that computes an entry: sum of lengths / (bundle * workers * end of the last one).

    Shapes: lengths (m,), runs (bundles, 3) as `schedule` gives it
    Source: ours

    >>> utilization(torch.tensor([9, 5, 2, 2]), torch.tensor([[0, 0, 9], [1, 0, 5], [1, 5, 7], [1, 7, 9]]), 1, 2)
    1.0
    """
    return float(lengths.sum() / (bundle * workers * runs[:, 2].max()))


def matmul_24(values: Tensor, packed: Tensor, x: Tensor) -> Tensor:
    """Multiply a 2:4 matrix with a dense one without unpacking its zeros: W X, (r, n).

    `values` holds two of every four columns of W, `packed` their places in the run, 2 bits each, four to a byte, the
    first in the lowest bits. Value e of a row belongs to run e // 2: its column is 4 (e // 2) + its index. All inputs
    stay as they are.

    Shapes: values (r, c / 2), packed (r, c / 8), uint8, x (c, n) -> (r, n), like values
    Source: Mishra et al. 2021, section 3, arXiv:2104.08378

    >>> matmul_24(torch.tensor([[9, 4, 0, 5]]), torch.tensor([[205]], dtype=torch.uint8), torch.eye(8).long())
    tensor([[0, 9, 0, 4, 0, 0, 0, 5]])
    """
    r, half = values.shape
    # (r, c / 8) -> (r, c / 8, 4) -> (r, c / 2)
    index = (packed[..., None] >> torch.tensor([0, 2, 4, 6])) & 3
    columns = index.reshape(r, half) + 4 * (torch.arange(half) // 2)
    return torch.einsum("re,ren->rn", values, x[columns])


def blocked_ell_spmm(col_blocks: Tensor, values: Tensor, b: Tensor) -> Tensor:
    """Multiply a Blocked-ELL matrix A with a dense B: block row by block row, a small dense product for each block.

    A block with column -1 is padding: nothing of it is read. Blocks of a row may stand in any order. All inputs stay as
    they are.

    Shapes: col_blocks (m / block, width), values (m, width * block), b (k, n) -> (m, n), like values
    Source: NVIDIA's cuSPARSE, `cusparseSpMM` with Blocked-ELL

    >>> blocked_ell_spmm(torch.tensor([[1, -1]]), torch.tensor([[7, 9]]), torch.tensor([[2], [3]]))
    tensor([[21]])
    """
    block = len(values) // len(col_blocks)
    c = values.new_zeros(len(values), b.shape[1])
    for row, columns in enumerate(col_blocks.tolist()):
        top = row * block
        for slot, column in enumerate(columns):
            if column >= 0:
                part = values[top : top + block, slot * block : (slot + 1) * block]
                c[top : top + block] += part @ b[column * block : (column + 1) * block]
    return c


def sddmm(q: Tensor, k: Tensor, row_ptr: Tensor, col_idx: Tensor) -> Tensor:
    """The entries of q k^T at the places of a CSR pattern, in its order; the rest is never computed.

    Shapes: q (m, d), k (n, d), row_ptr (m + 1,), col_idx (nnz,) -> (nnz,)
    Source: Gale et al. 2020, section VI, arXiv:2006.10901

    >>> sddmm(torch.eye(2), torch.tensor([[1.0, 2.0], [3.0, 4.0]]), torch.tensor([0, 1, 2]), torch.tensor([1, 0]))
    tensor([3., 2.])
    """
    rows = torch.arange(len(row_ptr) - 1).repeat_interleave(row_ptr.diff())
    return (q[rows] * k[col_idx]).sum(1)


def spgemm(a: tuple[Tensor, Tensor, Tensor], b: tuple[Tensor, Tensor, Tensor]) -> tuple[Tensor, Tensor, Tensor]:
    """The product of two CSR matrices, row by row, as CSR; sums that happen to be 0 stay entries.

    Shapes: a, b: row_ptr (m + 1,), col_idx (nnz,), values (nnz,) each -> the same three
    Source: Gustavson 1978, Two fast algorithms for sparse matrices

    >>> spgemm((torch.tensor([0, 1]), torch.tensor([1]), torch.tensor([3])),
    ...        (torch.tensor([0, 0, 1]), torch.tensor([2]), torch.tensor([5])))
    (tensor([0, 1]), tensor([2]), tensor([15]))
    """
    (a_ptr, a_col, a_val), (b_ptr, b_col, b_val) = a, b
    row_ptr, columns, values = [0], [], []
    for row in range(len(a_ptr) - 1):
        sums: dict[int, Tensor] = {}
        for entry in range(a_ptr[row], a_ptr[row + 1]):
            other = slice(b_ptr[a_col[entry]], b_ptr[a_col[entry] + 1])
            for column, value in zip(b_col[other].tolist(), b_val[other], strict=True):
                sums[column] = sums.get(column, 0) + a_val[entry] * value
        columns += sorted(sums)
        values += [sums[column] for column in sorted(sums)]
        row_ptr.append(len(columns))
    stacked = torch.stack(values) if values else a_val[:0]
    return torch.tensor(row_ptr), torch.tensor(columns, dtype=torch.int64), stacked
