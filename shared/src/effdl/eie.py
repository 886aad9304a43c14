"""Store a pruned matrix of shared weights as EIE does, and multiply it by a vector whose zeros are skipped as well.

A weight is a code of a few bits: 0 is pruned, every other code names one of the shared weights in a codebook. A column
is a list of entries (v, z): the code, and how many zeros lie between it and the entry before. z has few bits; a longer
gap gets padding entries of code 0. With 4 bits the column 0 0 1 2, then 18 zeros, then 3 is v = [1, 2, 0, 3] and
z = [2, 0, 15, 2]. The rows are dealt out to n processing elements (PEs), row r to PE r mod n, and each PE stores the
columns of its rows one after the other, with a pointer p to the beginning of each.

What this leaves out: EIE's 16-bit fixed point (ours computes in the codebook's floats), its SRAM banks and pointers of
13 + 3 bits. EIE runs fully connected layers; a convolution has to be written as a matrix, one vector for each place.

Sources: Han et al. 2016, EIE, sections 2 to 4, arXiv:1602.01528; Han, Mao and Dally 2016, Deep Compression, section 3
(shared weights by k-means from evenly spaced values), arXiv:1510.00149.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

__all__ = ["Slice", "decode", "encode_column", "interleave", "share_weights", "sparse_matvec"]

Slice = tuple[list[int], list[int], list[int]]


def encode_column(codes: Tensor, index_bits: int = 4) -> tuple[list[int], list[int]]:
    """Write one column as entries: v, the codes that are not 0, and z, the number of zeros skipped before each.

    z counts the zeros since the entry before, or since the top. It is at most 2^index_bits - 1. Where more zeros follow
    each other, padding entries v = 0, z = 2^index_bits - 1 come first; each stands for 2^index_bits zeros: those that
    it skips and its own place. Padding is written only where it is needed. Zeros after the last code have no entry.

    Shapes: codes (rows,), integers, 0 = pruned -> v, z: two lists of n_entry ints
    Source: Han et al. 2016, section 3, arXiv:1602.01528

    >>> encode_column(torch.tensor([0, 0, 1, 2, *[0] * 18, 3]))
    ([1, 2, 0, 3], [2, 0, 15, 2])
    """
    v: list[int] = []
    z: list[int] = []
    largest, skipped = 2**index_bits - 1, 0
    for code in codes.tolist():
        if code == 0:
            skipped += 1
            continue
        while skipped > largest:
            v.append(0)
            z.append(largest)
            skipped -= largest + 1
        v.append(code)
        z.append(skipped)
        skipped = 0
    return v, z


def interleave(
    codes: Tensor, n_pe: int, encode: Callable[[Tensor], tuple[list[int], list[int]]]
) -> list[tuple[list[int], list[int], list[int]]]:
    """Deal the rows out to n_pe processing elements, row r to PE r mod n_pe, and encode each PE's part.

    A PE holds its rows in their order. `encode(column)` gives the v and z of one column of them; v and z of a PE are
    those of column 0, then of column 1, and so on. p has one number more than there are columns: the entries of column
    j, padding included, are p[j] to p[j + 1] - 1, so p begins with 0 and ends with the number of entries.

    Shapes: codes (rows, cols), integers, 0 = pruned -> for each PE (v, z, p), three lists of ints
    Raises: ValueError if n_pe < 1
    Source: Han et al. 2016, section 3, figures 2 and 3, arXiv:1602.01528

    >>> interleave(torch.tensor([[1, 0], [0, 0], [2, 3]]), 2, encode_column)
    [([1, 2, 3], [0, 0, 1], [0, 2, 3]), ([], [], [0, 0, 0])]
    """
    if n_pe < 1:
        raise ValueError(f"interleave: n_pe must be at least 1, not {n_pe}")
    slices = []
    for pe in range(n_pe):
        v, z, p = [], [], [0]
        for column in codes[pe::n_pe].T:
            column_v, column_z = encode(column)
            v += column_v
            z += column_z
            p.append(len(v))
        slices.append((v, z, p))
    return slices


def sparse_matvec(
    slices: list[tuple[list[int], list[int], list[int]]], a: Tensor, codebook: Tensor, n_rows: int
) -> tuple[Tensor, dict[str, int]]:
    """Multiply an interleaved matrix by a vector: b = W a, touching neither weights nor activations that are zero.

    Each activation that is not 0 is broadcast; every PE reads its entries of that column, finds their rows from z and
    adds codebook[v] * a[j] to b. Code 0 is padding: it is read but not multiplied, whatever codebook[0] holds. Counted
    are "broadcasts" (activations that are not 0), "entries" (read, padding included) and "macs" (multiplied).

    Shapes: slices as `interleave` gives them, a (cols,), codebook (n_code,) -> b (n_rows,), like codebook; counts
    Source: Han et al. 2016, section 4, arXiv:1602.01528

    >>> slices = [([1, 2, 3], [0, 0, 1], [0, 2, 3]), ([], [], [0, 0, 0])]
    >>> sparse_matvec(slices, torch.tensor([0.0, 2.0]), torch.tensor([0.0, 5.0, 6.0, 7.0]), 3)
    (tensor([ 0.,  0., 14.]), {'broadcasts': 1, 'entries': 1, 'macs': 1})
    """
    b, n_pe = torch.zeros(n_rows, dtype=codebook.dtype), len(slices)
    counts = {"broadcasts": 0, "entries": 0, "macs": 0}
    for j in torch.nonzero(a).flatten().tolist():
        counts["broadcasts"] += 1
        for pe, (v, z, p) in enumerate(slices):
            row = pe - n_pe
            for at in range(p[j], p[j + 1]):
                row += n_pe * (z[at] + 1)
                b[row] += codebook[v[at]] * a[j] if v[at] else 0
                counts["entries"] += 1
                counts["macs"] += v[at] != 0
    return b, counts


def decode(slices: Sequence[Slice], n_rows: int) -> Tensor:
    """Undo `interleave`: the codes of all rows.

    Shapes: slices for each PE (v, z, p) -> (n_rows, cols), int64
    Source: Han et al. 2016, section 3, arXiv:1602.01528

    >>> decode([([1, 2, 3], [0, 0, 1], [0, 2, 3]), ([], [], [0, 0, 0])], 3).tolist()
    [[1, 0], [0, 0], [2, 3]]
    """
    codes = torch.zeros(n_rows, len(slices[0][2]) - 1, dtype=torch.int64)
    for pe, (v, z, p) in enumerate(slices):
        for j in range(codes.shape[1]):
            local = -1
            for at in range(p[j], p[j + 1]):
                local += z[at] + 1
                codes[local * len(slices) + pe, j] = v[at]
    return codes


def share_weights(w: Tensor, value_bits: int = 4, *, n_round: int = 30) -> tuple[Tensor, Tensor]:
    """Give every weight that is not 0 the nearest of 2^value_bits - 1 shared ones, found by k-means; 0 keeps code 0.

    The shared weights begin evenly spaced from the smallest to the largest; each round moves them to the mean of those
    that are nearest to them. Where there are no more different weights than that, they are shared as they are.

    Shapes: w (...) -> codes like w, int64; codebook (2^value_bits,), codebook[0] = 0
    Source: Han, Mao and Dally 2016, section 3, arXiv:1510.00149

    >>> share_weights(torch.tensor([0.0, -1.0, 3.0, 1.0]), 2)
    (tensor([0, 1, 3, 2]), tensor([ 0., -1.,  1.,  3.]))
    """
    kept, n_shared = w[w != 0], 2**value_bits - 1
    shared = kept.unique()
    if len(shared) <= n_shared:
        shared = torch.cat([shared, shared.new_zeros(n_shared - len(shared))])
    else:
        shared = torch.linspace(float(kept.min()), float(kept.max()), n_shared, dtype=w.dtype)
        for _ in range(n_round):
            nearest = (kept[:, None] - shared).abs().argmin(1)
            count = torch.bincount(nearest, minlength=n_shared)
            total = torch.zeros_like(shared).index_add_(0, nearest, kept)
            shared = torch.where(count > 0, total / count.clamp(min=1), shared)
    codes = torch.zeros_like(w, dtype=torch.int64)
    codes[w != 0] = (kept[:, None] - shared).abs().argmin(1) + 1
    return codes, torch.cat([shared.new_zeros(1), shared])
