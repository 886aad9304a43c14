"""One convolution of a trained network as a product of int8 matrices.

The inputs of each output position become a row of A, a filter's weights a column of B; both are quantized
symmetrically, A by one scale, B by one for each filter, so that the real output is about scale_a scale_b (A B). The
last 3 x 3 convolution of ResNet8 has 16 positions, sums of 576 products and 64 filters.

This leaves out requantizing the sums for the next layer (lab 09) and doing without the copied rows (lab 18).

Sources: Jacob et al. 2018, arXiv:1712.05877; Chellapilla et al. 2006 (rows of inputs).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from effdl import quant

__all__ = ["IntLayer", "as_matrices", "relative_error"]


class IntLayer(NamedTuple):
    """int8 matrices, the scale of each column of their product, and the layer's real output."""

    a: np.ndarray
    b: np.ndarray
    scales: np.ndarray
    real: np.ndarray


def as_matrices(net: nn.Module, name: str, image: Tensor) -> IntLayer:
    """The named convolution of `net`, with what it reads for one image.

    Shapes: image (1, c, h, w) -> a (ho * wo, ci * kh * kw), b (ci * kh * kw, co), scales (co,), real (ho * wo, co)
    Raises: ValueError if the layer is no convolution without groups and dilation
    Source: Chellapilla et al. 2006
    """
    layer = dict(net.named_modules()).get(name)
    if not isinstance(layer, nn.Conv2d) or layer.groups != 1 or layer.dilation != (1, 1):
        raise ValueError(f"as_matrices: {name!r} is no plain convolution of the network")
    read: list[tuple[Tensor, Tensor]] = []
    handle = layer.register_forward_hook(lambda _layer, inputs, output: read.append((inputs[0], output)))
    try:
        with torch.no_grad():
            net.eval()(image)
    finally:
        handle.remove()
    inputs, output = read[-1]
    # (1, ci * kh * kw, ho * wo) -> (ho * wo, ci * kh * kw)
    rows = F.unfold(inputs, layer.kernel_size, padding=layer.padding, stride=layer.stride)[0].T
    columns = layer.weight.detach().flatten(1).T
    qmin, qmax = quant.qrange(8)
    scale_a, scale_b = quant.symmetric_scale(rows, 8), quant.symmetric_scale(columns, 8, dim=0)
    a, b = quant.quantize(rows, scale_a, 0, qmin, qmax), quant.quantize(columns, scale_b, 0, qmin, qmax)
    real = output[0].flatten(1).T
    scales = (scale_a * scale_b)[0]
    return IntLayer(a.numpy().astype(np.int8), b.numpy().astype(np.int8), scales.numpy(), real.numpy())


def relative_error(layer: IntLayer, sums: np.ndarray) -> float:
    """How far the int8 product is from the real output: |scales * sums - real| / |real|.

    Shapes: sums (positions, co), int32
    Source: ours
    """
    return float(np.linalg.norm(layer.scales * sums - layer.real) / np.linalg.norm(layer.real))
