"""Quantize weights in groups: one scale for each run of neighboring inputs of an output channel.

A row of w (co, ci) is cut into runs of `group_size` input channels, the last one shorter if it has to be. Each run has
its own symmetric scale, max |w| / (2^(bits - 1) - 1). Running example: [2, -7, 6.2, 14] in groups of 2 at 4 bits has
the scales [1, 2] and the integers [2, -7, 3, 7]. Small groups follow the weights closely and cost more scales: 16 bits
for each group of 128 add 0.125 bits to every weight.

What this leaves out: a zero point for each group, which AWQ's released code and GPTQ store as well, so that all 2^bits
integers are used; searching the clipping range; packing integers into bytes.

Sources: Dai et al. 2021, VS-Quant, arXiv:2102.04503; Lin et al. 2024, AWQ, arXiv:2306.00978.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

from effdl import quant

__all__ = ["effective_bits", "group_dequantize", "group_quantize", "pseudo_quantize"]


def group_quantize(w: Tensor, bits: int, group_size: int) -> tuple[Tensor, Tensor]:
    """Round `w` to signed integers with one symmetric scale for each group of neighboring input channels.

    Groups run along ci within a row; where group_size does not divide ci the last group is shorter. The scale is
    max |w| of the group / (2^(bits - 1) - 1), and 1 for a group of zeros; halves round to the even integer.

    Shapes: w (co, ci) -> q (co, ci), int32; scale (co, ceil(ci / group_size)), like w
    Error:  |q * scale - w| <= scale / 2
    Raises: ValueError if group_size is not positive, or bits is not in 2..16
    Source: Dai et al. 2021, section 3, arXiv:2102.04503

    >>> group_quantize(torch.tensor([[2.0, -7.0, 6.2, 14.0]]), bits=4, group_size=2)
    (tensor([[ 2, -7,  3,  7]], dtype=torch.int32), tensor([[1., 2.]]))
    """
    if group_size < 1:
        raise ValueError(f"group_quantize: group_size must be positive, got {group_size}")
    ci = w.shape[1]
    padded = torch.nn.functional.pad(w, (0, -ci % group_size))
    groups = padded.unflatten(1, (-1, group_size))  # (co, ci) -> (co, n_group, group_size)
    scale = quant.symmetric_scale(groups, bits, dim=2)
    q = quant.quantize(groups, scale, 0, *quant.qrange(bits))
    return q.flatten(1)[:, :ci], scale.squeeze(2)


def group_dequantize(q: Tensor, scale: Tensor, group_size: int) -> Tensor:
    """The weights that grouped integers stand for.

    Shapes: q (co, ci), scale (co, ceil(ci / group_size)) -> (co, ci), like scale
    Raises: ValueError if the shapes do not belong together
    Source: Dai et al. 2021, section 3, arXiv:2102.04503

    >>> group_dequantize(torch.tensor([[4, -7, 7]]), torch.tensor([[2.0, 10.0]]), group_size=2).tolist()
    [[8.0, -14.0, 70.0]]
    """
    if q.shape[0] != scale.shape[0] or math.ceil(q.shape[1] / group_size) != scale.shape[1]:
        raise ValueError(
            f"group_dequantize: q {tuple(q.shape)} in groups of {group_size} does not fit scale {tuple(scale.shape)}"
        )
    return quant.dequantize(q, scale.repeat_interleave(group_size, 1)[:, : q.shape[1]])


def pseudo_quantize(w: Tensor, bits: int, group_size: int) -> Tensor:
    """`w` rounded to what its grouped integers stand for, in one step: what a model computes with.

    Shapes: w (co, ci) -> (co, ci)
    Error:  |result - w| <= scale / 2 of its group
    Raises: ValueError if group_size is not positive, or bits is not in 2..16
    Source: Lin et al. 2024, eq. 1, arXiv:2306.00978

    >>> pseudo_quantize(torch.tensor([[1.0, -2.0, 7.0]]), bits=2, group_size=2).tolist()
    [[0.0, -2.0, 7.0]]
    """
    return group_dequantize(*group_quantize(w, bits, group_size), group_size)


def effective_bits(ci: int, bits: int, group_size: int, *, scale_bits: int = 16) -> float:
    """Bits that one weight of a row of ci takes, its share of the scales included.

    Source: ours

    >>> effective_bits(4096, 4, 128)
    4.125
    """
    return bits + scale_bits * math.ceil(ci / group_size) / ci
