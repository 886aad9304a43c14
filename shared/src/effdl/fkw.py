"""Store and run convolutions whose kernels follow patterns: PatDNN's filter-kernel-weight format (FKW).

Pattern pruning keeps four weights of each 3 x 3 kernel, in one of a few shapes; connectivity pruning drops whole
kernels. FKW sorts filters by their number of kernels and the kernels of a filter by pattern, so that a pattern needs to
be looked at once for many kernels, and the places of single weights are never stored. A filter with kernels of pattern
2, 1, 2 at input channels 0, 1, 2 is stored as index [1, 0, 2], stride [0, 1, 3] for two patterns.

This leaves out the code that PatDNN generates for each pattern, its tuning, and the order of filters of equal length by
how alike they are; `conv` walks the same arrays in PyTorch, one filter and pattern at a time.

Sources: Niu et al. 2020, PatDNN, sections 4 and 5, arXiv:2001.00138
"""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

__all__ = [
    "FKW", "PATTERNS", "as_stored", "choose_patterns", "conv", "fkw_encode", "input_loads", "stored_bits", "to_dense",
]  # fmt: skip

# the center and three of its neighbors: (8, 3, 3), True = kept
_SHAPES = ("011 011 000", "110 110 000", "000 110 110", "000 011 011")
_SHAPES += ("010 111 000", "000 111 010", "010 110 010", "010 011 010")
PATTERNS = torch.tensor([[[bit == "1" for bit in row] for row in shape.split()] for shape in _SHAPES])


class FKW(NamedTuple):
    """The five arrays of a layer of co filters and P patterns, in the order of storage (see `fkw_encode`)."""

    offset: Tensor
    reorder: Tensor
    index: Tensor
    stride: Tensor
    weight: Tensor


def fkw_encode(w: Tensor, pattern_of: Tensor, patterns: Tensor) -> FKW:
    """Store a pattern-pruned layer as FKW: five arrays, filters and kernels in a new order.

    pattern_of[f, c] says what is kept of the kernel of filter f and input channel c: 0 nothing, p > 0 the weights where
    patterns[p - 1] is True. Filters are stored from the one with the most kernels to the one with the fewest, equal
    ones in the order they stand; a filter's kernels by pattern 1, 2, ..., those of one pattern by input channel. Then
    reorder[i]     is the filter that is stored at place i,
    offset[i]      the number of kernels in all filters before place i; its last entry that of all kernels,
    index          the input channel of each stored kernel,
    stride[i, p]   how many kernels of the filter at place i have one of the patterns 1..p: stride[i, 0] is 0,
    weight         the kept weights of each stored kernel, row by row.
    All inputs stay as they are.

    Shapes: w (co, ci, kh, kw), pattern_of (co, ci), int64 in 0..P, patterns (P, kh, kw), bool, True = kept, each with
            s True -> offset (co + 1,), reorder (co,), index (kernels,), stride (co, P + 1), int64, weight (kernels, s)
    Source: Niu et al. 2020, section 5, arXiv:2001.00138

    >>> one = torch.tensor([[[True, False]], [[False, True]]])
    >>> fkw_encode(torch.tensor([[[[0, 5]], [[6, 0]]]]), torch.tensor([[2, 1]]), one).index
    tensor([1, 0])
    """
    lengths = (pattern_of > 0).sum(1)
    reorder = lengths.argsort(descending=True, stable=True)
    index, stride, weight = [], [], []
    for filter in reorder:
        stride.append(torch.tensor([0]))
        for number, pattern in enumerate(patterns, start=1):
            channels = (pattern_of[filter] == number).nonzero().flatten()
            index.append(channels)
            stride.append(stride[-1] + len(channels))
            weight.append(w[filter, channels][:, pattern])
    offset = F.pad(lengths[reorder].cumsum(0), (1, 0))
    return FKW(offset, reorder, torch.cat(index), torch.cat(stride).reshape(len(w), -1), torch.cat(weight))


def to_dense(layer: FKW, patterns: Tensor, ci: int) -> Tensor:
    """The weights that FKW stores, zeros included, filters in their original order; the inverse of `fkw_encode`.

    Shapes: patterns (P, kh, kw), bool, True = kept -> (co, ci, kh, kw)
    Source: Niu et al. 2020, section 5, arXiv:2001.00138
    """
    w = layer.weight.new_zeros(len(layer.reorder), ci, *patterns.shape[1:])
    for filter, number, kernels in _runs(layer):
        kernel = w.new_zeros(kernels.stop - kernels.start, *patterns.shape[1:])
        kernel[:, patterns[number]] = layer.weight[kernels]
        w[filter, layer.index[kernels]] = kernel
    return w


def as_stored(layer: FKW, ci: int) -> Tensor:
    """The pattern of each stored kernel, a row for each filter in the order of storage, 0 behind its last kernel.

    Shapes: -> (co, ci), int64 in 0..P
    Source: ours
    """
    grid = torch.zeros(len(layer.reorder), ci, dtype=torch.int64)
    for row, ends in zip(grid, layer.stride.tolist(), strict=True):
        for number, (start, end) in enumerate(pairwise(ends), start=1):
            row[start:end] = number
    return grid


def conv(x: Tensor, layer: FKW, patterns: Tensor, *, stride: int = 1, padding: int = 1) -> Tensor:
    """Convolve images with an FKW layer: only stored weights are multiplied; the output has the original filter order.

    Shapes: x (n, ci, h, w), patterns (P, kh, kw), bool -> (n, co, ho, wo)
    Source: Niu et al. 2020, section 5, arXiv:2001.00138
    """
    n, ci = x.shape[:2]
    kh, kw = patterns.shape[1:]
    # (n, ci * kh * kw, ho * wo) -> (n, ci, kh * kw, ho * wo)
    windows = F.unfold(x, (kh, kw), padding=padding, stride=stride).unflatten(1, (ci, kh * kw))
    y = x.new_zeros(n, len(layer.reorder), windows.shape[-1])
    for filter, number, kernels in _runs(layer):
        seen = windows[:, layer.index[kernels]][:, :, patterns[number].flatten()]
        y[:, filter] += torch.einsum("ks,nksq->nq", layer.weight[kernels], seen)
    ho = (x.shape[2] + 2 * padding - kh) // stride + 1
    return y.unflatten(2, (ho, -1))


def choose_patterns(w: Tensor, patterns: Tensor, kernels_kept: float = 1.0) -> Tensor:
    """Give each kernel the pattern that keeps most of its squared weight, and drop the kernels that keep least.

    Shapes: w (co, ci, kh, kw), patterns (P, kh, kw), bool -> (co, ci), int64: 0 = dropped, p = patterns[p - 1]
    Raises: ValueError if kernels_kept does not lie in [0, 1]
    Source: Niu et al. 2020, section 4, arXiv:2001.00138 (there learned by ADMM)

    >>> choose_patterns(torch.tensor([[[[1.0, -3.0]]]]), torch.tensor([[[True, False]], [[False, True]]]))
    tensor([[2]])
    """
    if not 0 <= kernels_kept <= 1:
        raise ValueError(f"choose_patterns: kernels_kept must lie in [0, 1], not {kernels_kept}")
    energy, best = torch.einsum("oihw,phw->oip", w.square(), patterns.to(w.dtype)).max(-1)
    kept = energy.flatten().argsort(descending=True, stable=True)[: round(energy.numel() * kernels_kept)]
    return torch.zeros_like(best).flatten().index_copy(0, kept, best.flatten()[kept] + 1).reshape(best.shape)


def stored_bits(layer: FKW, ci: int, *, value_bits: int = 32) -> int:
    """Bits of all five arrays, each integer as wide as its largest possible value asks for.

    Shapes: none
    Source: ours; Niu et al. 2020, section 5, arXiv:2001.00138
    """
    kernels, co = len(layer.index), len(layer.reorder)
    wide = {"offset": kernels, "reorder": co - 1, "index": ci - 1, "stride": ci}
    indices = sum(getattr(layer, name).numel() * max(1, largest.bit_length()) for name, largest in wide.items())
    return indices + layer.weight.numel() * value_bits


def input_loads(layer: FKW, patterns: Tensor, *, filters: int = 4) -> tuple[int, int, int]:
    """Input values that one output position loads: naively, sharing rows within a kernel, and across filters too.

    Naively each stored weight loads its input. A window that moves along a row finds all but the newest value of each
    row of the pattern in registers: one load for each row in use. Filters that are computed `filters` at a time load a
    (pattern, input channel) pair once for all of them.

    Shapes: patterns (P, kh, kw), bool
    Source: Niu et al. 2020, section 5 (load redundancy elimination), arXiv:2001.00138
    """
    rows_used = patterns.any(-1).sum(-1).tolist()
    of_kernel, pairs = 0, set()
    places = {filter: place for place, filter in enumerate(layer.reorder.tolist())}
    for filter, number, kernels in _runs(layer):
        of_kernel += rows_used[number] * (kernels.stop - kernels.start)
        pairs |= {(places[filter] // filters, number, channel) for channel in layer.index[kernels].tolist()}
    return layer.weight.numel(), of_kernel, sum(rows_used[number] for _, number, _ in pairs)


def _runs(layer: FKW) -> list[tuple[int, int, slice]]:
    """Filter, pattern (from 0) and stored kernels of every run of one pattern."""
    found = []
    for place, filter in enumerate(layer.reorder.tolist()):
        ends = (layer.stride[place] + layer.offset[place]).tolist()
        runs = enumerate(pairwise(ends))
        found += [(filter, number, slice(start, end)) for number, (start, end) in runs if end > start]
    return found
