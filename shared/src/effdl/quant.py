"""Quantize tensors to integers and back.

A real number r is kept as an integer q with r = scale * (q - zero_point); q lies in [qmin, qmax]. Affine: an interval
[low, high], zero always in it, is spread over all integers. Symmetric: the zero point is 0 and the largest |r| becomes
qmax. Running example: [-1, 0, 3] with 2 unsigned bits has scale 4 / 3, zero_point 1 and integers [0, 1, 3].

This leaves out what makes it fast: integers stay in int32 tensors here, two 4-bit numbers do not share a byte, and no
kernel multiplies them. Group-wise scales and training with quantization stand in modules of their own.

Sources: Jacob et al. 2018, arXiv:1712.05877; Nagel et al. 2021, arXiv:2106.08295; names as in PyTorch's torchao.
"""

from __future__ import annotations

import torch
from torch import Tensor

__all__ = ["affine_qparams", "dequantize", "qrange", "quantize", "symmetric_scale"]

MAX_BITS = 16


def qrange(bits: int, signed: bool = True, restricted: bool = True) -> tuple[int, int]:
    """The smallest and the largest integer of `bits` bits.

    `restricted` leaves the lowest signed integer unused, so that the range is symmetric: -127..127 for 8 bits.

    Raises: ValueError if bits is not in 1..16, or a restricted signed range would hold zero alone
    Source: Nagel et al. 2021, section 2.2, arXiv:2106.08295

    >>> qrange(4), qrange(4, restricted=False), qrange(4, signed=False)
    ((-7, 7), (-8, 7), (0, 15))
    """
    if not 1 <= bits <= MAX_BITS or (signed and restricted and bits == 1):
        raise ValueError(f"qrange: bits must be in 1..{MAX_BITS} (from 2 for a restricted range), got {bits}")
    if not signed:
        return 0, 2**bits - 1
    return -(2 ** (bits - 1)) + restricted, 2 ** (bits - 1) - 1


def affine_qparams(low: Tensor, high: Tensor, bits: int, signed: bool = False) -> tuple[Tensor, Tensor]:
    """Scale and zero point that spread the intervals [low, high], extended to zero, over all integers of `bits` bits.

    Shapes: low, high any, alike -> scale (the same, floating point), zero_point (the same, int32)
    Units:  scale is real value per integer step
    Error:  zero becomes an integer exactly; an interval of zero width gets scale 1
    Raises: ValueError if some low exceeds its high, or bits is not in 1..16
    Source: Jacob et al. 2018, section 3, arXiv:1712.05877

    >>> affine_qparams(torch.tensor(-1.0), torch.tensor(3.0), bits=2)
    (tensor(1.3333), tensor(1, dtype=torch.int32))
    """
    if (low > high).any():
        raise ValueError("affine_qparams: low must not exceed high")
    qmin, qmax = qrange(bits, signed, restricted=False)
    low, high = low.clamp(max=0), high.clamp(min=0)
    scale = (high - low) / (qmax - qmin)
    scale = torch.where(scale > 0, scale, 1.0)
    zero_point = (qmin - low / scale).round().clamp(qmin, qmax)
    return scale, zero_point.to(torch.int32)


def symmetric_scale(x: Tensor, bits: int, dim: int | tuple[int, ...] | None = None) -> Tensor:
    """The scale that maps the largest |x| to the largest integer of `bits` signed bits; one for each slice along `dim`.

    Shapes: x any, dim None -> (); dim the axes to reduce -> like x with 1 in these axes
    Units:  scale is real value per integer step; slices of zeros get scale 1
    Raises: ValueError if bits is not in 2..16
    Source: Nagel et al. 2021, section 2.2, arXiv:2106.08295

    >>> symmetric_scale(torch.tensor([[7.0, -3.0], [0.0, 0.0]]), bits=4, dim=1).tolist()
    [[1.0], [1.0]]
    """
    largest = x.abs().amax() if dim is None else x.abs().amax(dim, keepdim=True)
    scale = largest / qrange(bits)[1]
    return torch.where(scale > 0, scale, 1.0)


def quantize(x: Tensor, scale: Tensor | float, zero_point: Tensor | int, qmin: int, qmax: int) -> Tensor:
    """Round `x` to integers: q = clamp(round(x / scale) + zero_point, qmin, qmax); halves go to the even integer.

    Shapes: x any; scale, zero_point () or broadcastable to x -> like x, int32
    Error:  |dequantize(q) - x| <= scale / 2 for x in range; outside it saturates
    Raises: ValueError if a scale is not above 0, or qmin is not below qmax
    Source: Jacob et al. 2018, eq. 1, arXiv:1712.05877

    >>> quantize(torch.tensor([-1.0, 0.0, 3.0]), 4 / 3, 1, 0, 3).tolist()
    [0, 1, 3]
    """
    if (torch.as_tensor(scale) <= 0).any() or qmin >= qmax:
        raise ValueError(f"quantize: scale must be above 0 and qmin below qmax, got qmin {qmin}, qmax {qmax}")
    return ((x / scale).round() + zero_point).clamp(qmin, qmax).to(torch.int32)


def dequantize(q: Tensor, scale: Tensor | float, zero_point: Tensor | int = 0) -> Tensor:
    """The real numbers that integers stand for: scale * (q - zero_point).

    Shapes: q any integer tensor; scale, zero_point () or broadcastable to q -> like q, scale's floating-point kind
    Source: Jacob et al. 2018, eq. 1, arXiv:1712.05877

    >>> dequantize(torch.tensor([0, 1, 3]), torch.tensor(2.0), 1).tolist()
    [-2.0, 0.0, 4.0]
    """
    return (q - zero_point) * scale
