"""Count the bits that a pruned matrix takes in each format: its values, and what it needs to find them again.

A format stores the kept values, `value_bits` each, and their places: nothing (dense), a bit for every place (bitmask),
a column index for every value and a pointer for every row (CSR), the zeros skipped since the value before (relative
index), a place within its run of m (n:m), or whole blocks with one column index each (Blocked-ELL). A 2 x 8 matrix with
3 weights kept, in 4 bits: dense 64 bits, bitmask 12 + 16 = 28.

What this leaves out: headers, alignment to bytes or cache lines, and entropy coding (Deep Compression's Huffman step);
the codebook of shared weights is counted once, with the relative index.

Sources: Han et al. 2016, EIE, section 3, arXiv:1602.01528; Mishra et al. 2021, arXiv:2104.08378 (n:m); the formats of
cuSPARSE, https://docs.nvidia.com/cuda/cusparse (CSR, Blocked-ELL).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor

__all__ = ["bitmask_bits", "bits_by_width", "blocked_ell_bits", "csr_bits", "dense_bits", "nm_bits", "relative_bits"]


def dense_bits(mask: Tensor, value_bits: int = 32) -> int:
    """Every value, zeros too: rows * cols * value_bits.

    Shapes: mask (rows, cols), bool, True = kept
    Source: ours

    >>> dense_bits(torch.eye(4) > 0, value_bits=4)
    64
    """
    return _checked(mask, "dense_bits").numel() * value_bits


def bitmask_bits(mask: Tensor, value_bits: int = 32) -> int:
    """The kept values and one bit for every place.

    Shapes: mask (rows, cols), bool, True = kept
    Source: ours

    >>> bitmask_bits(torch.eye(4) > 0, value_bits=4)
    32
    """
    return int(_checked(mask, "bitmask_bits").sum()) * value_bits + mask.numel()


def csr_bits(mask: Tensor, value_bits: int = 32, *, index_bits: int = 32, pointer_bits: int = 32) -> int:
    """Compressed sparse rows: a column index with each kept value, rows + 1 pointers. For CSC give the transposed mask.

    Shapes: mask (rows, cols), bool, True = kept
    Source: Saad 2003, Iterative Methods for Sparse Linear Systems, section 3.4

    >>> csr_bits(torch.eye(4) > 0, value_bits=32)
    416
    """
    n_kept = int(_checked(mask, "csr_bits").sum())
    return n_kept * (value_bits + index_bits) + (len(mask) + 1) * pointer_bits


def relative_bits(
    mask: Tensor, value_bits: int = 4, *, index_bits: int = 4, pointer_bits: int = 16, n_pe: int = 1
) -> int:
    """EIE's format: entries of value and relative index, padding included, column pointers, and the codebook once.

    Shapes: mask (rows, cols), bool, True = kept
    Source: Han et al. 2016, section 3, arXiv:1602.01528

    >>> relative_bits(torch.eye(4) > 0)  # 4 entries of 8 bits, 5 pointers, 16 shared weights
    368
    """
    codes = _checked(mask, "relative_bits").long()
    return int(bits_by_width(codes, n_pe, [index_bits], value_bits, pointer_bits)[0])


def nm_bits(mask: Tensor, n: int, m: int, value_bits: int = 32) -> int:
    """n values of every run of m along a row, kept or not, with ceil(log2 m) bits each for the place in the run.

    Shapes: mask (rows, cols), bool, True = kept
    Raises: ValueError if m does not divide cols, or a run keeps more than n
    Source: Mishra et al. 2021, arXiv:2104.08378

    >>> nm_bits(torch.eye(4) > 0, 2, 4, value_bits=16)
    144
    """
    rows, cols = _checked(mask, "nm_bits").shape
    if cols % m or int(mask.reshape(rows, -1, m).sum(2).max()) > n:
        raise ValueError(f"nm_bits: mask ({rows}, {cols}) is not {n}:{m}: a run of {m} along a row keeps at most {n}")
    return rows * cols // m * n * (value_bits + math.ceil(math.log2(m)))


def blocked_ell_bits(mask: Tensor, block: int, value_bits: int = 32, *, index_bits: int = 32) -> int:
    """Blocked-ELL: each row of blocks stores as many whole blocks as the fullest one, and a column index for each.

    Shapes: mask (rows, cols), bool, True = kept
    Raises: ValueError if block does not divide rows and cols
    Source: cuSPARSE, https://docs.nvidia.com/cuda/cusparse

    >>> blocked_ell_bits(torch.eye(4) > 0, 2, value_bits=32)
    320
    """
    rows, cols = _checked(mask, "blocked_ell_bits").shape
    if block < 1 or rows % block or cols % block:
        raise ValueError(f"blocked_ell_bits: blocks of {block} do not divide a mask of ({rows}, {cols})")
    # (rows, cols) -> (block row, block column), True where a block keeps anything
    alive = mask.reshape(rows // block, block, cols // block, block).any(3).any(1)
    width = int(alive.sum(1).max())
    return len(alive) * width * (block * block * value_bits + index_bits)


def bits_by_width(
    codes: Tensor, n_pe: int, widths: Sequence[int], value_bits: int = 4, pointer_bits: int = 16
) -> Tensor:
    """Bits of the interleaved format of `codes` for each width of the relative index, everything counted.

    Row r belongs to PE r mod n_pe. In each column of each PE, a code that is not 0 with g zeros before it (since the
    code before it, or since the top) takes 1 + g // 2^width entries, padding included; zeros at the end take none. An
    entry has value_bits + width bits. Each PE has one pointer more than there are columns. The codebook, 2^value_bits
    numbers of 16 bits, is stored once.

    Shapes: codes (rows, cols), integers, 0 = pruned; widths n numbers -> (n,), int64
    Source: Han et al. 2016, section 3, arXiv:1602.01528

    >>> bits_by_width(torch.tensor([[1], [0], [0], [0], [0], [2]]), 1, [1, 2, 3])
    tensor([308, 306, 302])
    """
    gaps = []
    for pe in range(n_pe):
        for column in codes[pe::n_pe].T:
            places = torch.nonzero(column).flatten()
            gaps.append(places.diff(prepend=places.new_tensor([-1])) - 1)
    width, gap = torch.tensor(widths), torch.cat(gaps)
    # (n_code, 1) against (n,) -> entries (n_code, n) -> (n,)
    entries = (1 + gap[:, None] // 2**width).sum(0)
    fixed = n_pe * (codes.shape[1] + 1) * pointer_bits + 2**value_bits * 16
    return entries * (value_bits + width) + fixed


def _checked(mask: Tensor, operation: str) -> Tensor:
    if mask.dtype != torch.bool or mask.ndim != 2:
        raise ValueError(f"{operation}: mask must be bool (rows, cols), got {mask.dtype} {tuple(mask.shape)}")
    return mask
