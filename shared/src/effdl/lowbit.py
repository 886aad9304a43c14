"""Weights, and inputs, of one or two bits: signs, three values, and a product that counts bits.

A binary weight is b in {-1, +1}; w is near alpha b with alpha = mean |w|, the least-squares optimum. A ternary one is t
in {-1, 0, +1} with 0 where |w| <= 0.7 mean |w|. Stored as bits, 1 for +1, the product of n signs is 2 popcount(xnor)
- n: [1, -1, 1, 1] times [1, 1, -1, 1] are 0b1101 and 0b1011 (the first sign in the lowest bit), they agree in 2 of 4
places, and 2 * 2 - 4 = 0.

This leaves out convolutions by counting bits (a product after im2col does it), and training, which `effdl.lowbit_net`
does. The C kernel that is really fast is `c/xnor.c`.

Sources: Courbariaux et al. 2015, BinaryConnect, arXiv:1511.00363; Rastegari et al. 2016, XNOR-Net, arXiv:1603.05279; Li
et al. 2016, ternary weights, arXiv:1605.04711; Zhu et al. 2017, trained ternary, arXiv:1612.01064.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

__all__ = ["binarize", "pack_bits", "ternarize", "ttq_gradients", "xnor_conv2d", "xnor_matmul"]


def binarize(w: Tensor, mode: str = "deterministic", generator: torch.Generator | None = None) -> Tensor:
    """Make each weight -1 or +1.

    "deterministic": the sign, where 0 counts as +1. "stochastic": +1 with probability p = clip((w + 1) / 2, 0, 1), each
    weight by a draw of its own from `generator`. `w` stays as it is.

    Shapes: w any -> like w, in its dtype
    Raises: ValueError if mode is neither of the two words
    Source: Courbariaux et al. 2015, section 2.2, arXiv:1511.00363

    >>> binarize(torch.tensor([-0.2, 0.0, 3.0]))
    tensor([-1.,  1.,  1.])
    """
    if mode == "deterministic":
        positive = w >= 0
    elif mode == "stochastic":
        p = ((w + 1) / 2).clamp(0, 1)
        positive = torch.rand(w.shape, generator=generator, dtype=w.dtype) < p
    else:
        raise ValueError(f"binarize: mode must be deterministic or stochastic, got {mode!r}")
    return positive.to(w.dtype) * 2 - 1


def xnor_conv2d(x: Tensor, w: Tensor, stride: int = 1, padding: int = 0) -> Tensor:
    """Convolve signs with signs, and scale: conv(sign x, sign w) * K * alpha.

    sign(0) is +1. alpha is the mean |w| of each filter. K is, for each place of the output, the mean |x| of the patch
    that it sees, all input channels together. Padding puts zeros around sign x and around |x|, and they count in the
    mean. The inputs stay as they are.

    Shapes: x (n, ci, h, w), w (co, ci, kh, kw), padding <= kh / 2, kw / 2 -> (n, co, ho, wo)
    Source: Rastegari et al. 2016, section 3.2, arXiv:1603.05279

    >>> xnor_conv2d(torch.tensor([[[[1.0, -3.0]]]]), torch.tensor([[[[2.0, 4.0]]]])).item()
    0.0
    """
    signs = F.conv2d(
        torch.where(x >= 0, 1.0, -1.0).to(x.dtype), torch.where(w >= 0, 1.0, -1.0).to(w.dtype), None, stride, padding
    )
    alpha = w.abs().mean((1, 2, 3))
    k = F.avg_pool2d(x.abs().mean(1, keepdim=True), w.shape[2:], stride, padding)
    # (co,) -> (co, 1, 1)
    return signs * k * alpha.reshape(-1, 1, 1)


def pack_bits(signs: Tensor) -> Tensor:
    """Eight signs to a byte: +1 is the bit 1, -1 the bit 0; sign i is bit i % 8 (of value 2^(i % 8)) of byte i // 8.

    The unused bits of the last byte are 0.

    Shapes: signs (..., n), -1 and +1 -> (..., ceil(n / 8)), uint8
    Raises: ValueError if there is something else than -1 and +1
    Source: Rastegari et al. 2016, section 3.2, arXiv:1603.05279

    >>> pack_bits(torch.tensor([1, -1, 1, 1])).tolist()
    [13]
    """
    if not ((signs == 1) | (signs == -1)).all():
        raise ValueError("pack_bits: signs must be -1 or +1, nothing else: binarize first")
    bits = F.pad((signs > 0).to(torch.uint8), (0, -signs.shape[-1] % 8))
    # (..., 8 * n_byte) -> (..., n_byte, 8)
    bits = bits.unflatten(-1, (-1, 8))
    return (bits << torch.arange(8, dtype=torch.uint8)).sum(-1).to(torch.uint8)


def xnor_matmul(x_bits: Tensor, w_bits: Tensor, n: int) -> Tensor:
    """Multiply rows of n signs that are packed to bits: y[i, j] = sum over k of x[i, k] * w[j, k].

    A byte holds eight signs, 1 for +1 and 0 for -1; sign k is bit k % 8 of byte k // 8. The bits beyond n are 0 in both
    and must not count. y = 2 * (number of equal signs) - n.

    Shapes: x_bits (m, b), w_bits (r, b), uint8, b = ceil(n / 8) -> (m, r), int32
    Source: Rastegari et al. 2016, section 3.2, arXiv:1603.05279

    >>> xnor_matmul(torch.tensor([[13]], dtype=torch.uint8), torch.tensor([[11]], dtype=torch.uint8), 4)
    tensor([[0]], dtype=torch.int32)
    """
    popcount = torch.tensor([bin(byte).count("1") for byte in range(256)])
    # (m, 1, b) and (1, r, b) -> (m, r, b)
    differ = x_bits[:, None] ^ w_bits[None]
    # the unused bits are equal and so never differ
    return (n - 2 * popcount[differ.long()].sum(-1)).to(torch.int32)


def ternarize(w: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Three values for a layer: t = sign(w) where |w| > delta, else 0; scale * t stands for w.

    delta = 0.7 mean |w| over the whole layer; scale is the mean |w| of the weights with t not 0, and 0 if there are
    none. `w` stays as it is.

    Shapes: w any -> t like w, int8; delta (), scale (), in the dtype of w
    Source: Li et al. 2016, eqs. 5 and 6, arXiv:1605.04711

    >>> ternarize(torch.tensor([0.1, -0.2, 2.0, -1.0]))[0]
    tensor([ 0,  0,  1, -1], dtype=torch.int8)
    """
    delta = 0.7 * w.abs().mean()
    kept = w.abs() > delta
    scale = (w.abs() * kept).sum() / kept.sum().clamp(min=1)
    return w.sign().to(torch.int8) * kept, delta, scale


def ttq_gradients(grad: Tensor, t: Tensor, w_p: Tensor, w_n: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Gradients of trained ternary quantization, whose weight is w_p where t = 1, -w_n where t = -1, and 0 where t = 0.

    `grad` is the gradient of the loss with respect to that weight. For the two scales the chain rule holds. The latent
    weight gets `grad` times w_p where t = 1, times w_n where t = -1, and as it is where t = 0. Inputs stay as they are.

    Shapes: grad, t (int8) any, alike; w_p, w_n () -> of w_p (), of w_n (), of the latent weight like grad
    Source: Zhu et al. 2017, eqs. 7 and 8, arXiv:1612.01064

    >>> g = torch.tensor([1.0, 2.0, 4.0])
    >>> ttq_gradients(g, torch.tensor([1, 0, -1]), torch.tensor(3.0), torch.tensor(5.0))
    (tensor(1.), tensor(-4.), tensor([ 3.,  2., 20.]))
    """
    factor = torch.where(t > 0, w_p, torch.where(t < 0, w_n, torch.ones_like(w_p)))
    return grad[t > 0].sum(), -grad[t < 0].sum(), grad * factor
