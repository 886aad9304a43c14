"""Multiply in 8-bit integers, and move the difficulty from activations to weights so that this works.

y = x w^T with x and w as integers: y = scale_x scale_w (q_x q_w^T), where only scales that do not depend on the summed
input channel can stand outside the integer product: one for x or for each token, one for w or for each output channel.
A few input channels of large language models are outliers, which leaves the others few integer steps. Smoothing divides
channel j of x by s_j and multiplies column j of w by it: the product stays, the ranges change. With max |x| = [2, 16],
max |w| = [2, 1] and alpha = 1/2, s = [1, 4] makes both maxima [2, 4]. The division is folded into the norm before.

What this leaves out: attention's two products, which the paper runs in 8 bits as well; scales fixed in calibration,
where ours are taken from x itself; and speed, which takes a kernel for 8-bit integers.

Sources: Xiao et al. 2023, SmoothQuant, arXiv:2211.10438; Dettmers et al. 2022, LLM.int8(), arXiv:2208.07339.
"""

from __future__ import annotations

import torch
from torch import Tensor

from effdl import quant

__all__ = ["smooth", "smooth_scales", "w8a8_linear"]


def w8a8_linear(x: Tensor, w: Tensor, activations: str = "tensor", weights: str = "channel") -> Tensor:
    """x w^T with both factors as 8-bit integers, the products summed in int32 and scaled once at the end.

    Symmetric, restricted to -127..127: a scale is the largest |value| / 127, and 1 where all are zero. `activations`
    is "tensor" (one scale for x) or "token" (one a row of x), `weights` "tensor" or "channel" (one a row of w).

    Shapes: x (T, ci), w (co, ci) -> (T, co), like x
    Raises: ValueError if activations or weights is another word
    Source: Xiao et al. 2023, eq. 2, arXiv:2211.10438

    >>> w8a8_linear(torch.tensor([[127.0, 63.6]]), torch.tensor([[127.0, -2.0]])).tolist()
    [[16001.0]]
    """
    if activations not in ("tensor", "token") or weights not in ("tensor", "channel"):
        raise ValueError(f"w8a8_linear: no such granularity: activations {activations!r}, weights {weights!r}")
    x_scale = quant.symmetric_scale(x, 8, dim=1 if activations == "token" else None)
    w_scale = quant.symmetric_scale(w, 8, dim=1 if weights == "channel" else None)
    q_x = quant.quantize(x, x_scale, 0, *quant.qrange(8))
    q_w = quant.quantize(w, w_scale, 0, *quant.qrange(8))
    return (q_x @ q_w.T) * x_scale * w_scale.reshape(1, -1)


def smooth_scales(x_absmax: Tensor, w: Tensor, alpha: float) -> Tensor:
    """What each input channel of x is divided by, and of w multiplied by: s = max|x|^alpha / max|w|^(1 - alpha).

    alpha says how much of the difficulty moves to the weights: with 0 all columns of w get the same largest value 1,
    with 1 all channels of x do. A channel whose activations or weights are all zero gets s = 1.

    Shapes: x_absmax (ci,), the largest |x| of each channel on calibration text; w (co, ci) -> (ci,)
    Raises: ValueError if alpha is outside [0, 1]
    Source: Xiao et al. 2023, eq. 4, arXiv:2211.10438

    >>> smooth_scales(torch.tensor([2.0, 16.0]), torch.tensor([[2.0, -1.0], [1.0, 0.5]]), 0.5).tolist()
    [1.0, 4.0]
    """
    if not 0 <= alpha <= 1:
        raise ValueError(f"smooth_scales: alpha must be in [0, 1], got {alpha}")
    w_absmax = w.abs().amax(0)
    s = x_absmax**alpha / w_absmax ** (1 - alpha)
    return torch.where((x_absmax > 0) & (w_absmax > 0), s, 1.0)


def smooth(gain: Tensor, bias: Tensor | None, w: Tensor, s: Tensor) -> tuple[Tensor, Tensor | None, Tensor]:
    """Fold the division by `s` into a normalization layer, and the multiplication into the weights that read it.

    The layer gives gain * normalized + bias (bias may be None, as in RMSNorm); w multiplies that. Where several layers
    read one norm, w holds the rows of all of them.

    Shapes: gain, bias, s (ci,), w (co, ci) -> new gain, new bias (or None), new w
    Error:  the function stays the same but for rounding
    Source: Xiao et al. 2023, section 4, arXiv:2211.10438

    >>> smooth(torch.tensor([2.0]), None, torch.tensor([[3.0]]), torch.tensor([4.0]))
    (tensor([0.5000]), None, tensor([[12.]]))
    """
    return gain / s, None if bias is None else bias / s, w * s
