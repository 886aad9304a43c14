"""Predict the shape of everything: outputs, weights, and the part of the image that an output depends on.

A window of k taps, d apart, reaches over d (k - 1) + 1 pixels; it fits floor((h + 2p - reach) / s) + 1 times at stride
s. The receptive field of a chain grows by d (k - 1) pixels times the product of all *earlier* strides: r = 1 + sum over
l of d_l (k_l - 1) product over i < l of s_i. Two layers of 3 x 3, the first with stride 2: 1 + 2 + 2 * 2 = 7.

What this leaves out: pixels of the field do not count alike. Those in its middle reach an output on many paths, those
at its edge on one; in a trained network the *effective* field is smaller than the r computed here.

Sources: Dumoulin and Visin 2016, arXiv:1603.07285; Araujo, Norris and Sim 2019, Computing receptive fields of
convolutional neural networks, Distill, doi:10.23915/distill.00021; Luo et al. 2016 (effective field), arXiv:1701.04128.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

__all__ = ["Layer", "field_extent", "out_size", "receptive_field", "shape_table", "transposed_out_size", "weight_shape"]

Layer = tuple[int, int, int]  # kernel, stride, dilation
KINDS = ("linear", "conv", "depthwise", "transposed", "pool")


def out_size(size: int, kernel: int, stride: int = 1, padding: int = 0, dilation: int = 1) -> int:
    """How many times a window fits along one axis: floor((size + 2 padding - reach) / stride) + 1.

    The reach of a kernel whose taps lie `dilation` apart is dilation (kernel - 1) + 1 pixels.

    Shapes: -> an int, at least 1
    Raises: ValueError if the reach is longer than size + 2 padding
    Source: Dumoulin and Visin 2016, relationship 6, arXiv:1603.07285

    >>> out_size(28, kernel=3, stride=2, padding=1)
    14
    """
    reach = dilation * (kernel - 1) + 1
    if reach > size + 2 * padding:
        raise ValueError(f"out_size: a kernel that reaches over {reach} pixels does not fit {size} + 2 * {padding}")
    return (size + 2 * padding - reach) // stride + 1


def transposed_out_size(
    size: int, kernel: int, stride: int = 1, padding: int = 0, dilation: int = 1, output_padding: int = 0
) -> int:
    """The size after a transposed convolution: (size - 1) stride - 2 padding + dilation (kernel - 1) + 1 + extra.

    The extra is `output_padding`: with stride s, s sizes have the same `out_size`, and it says which one to go back to.

    Shapes: -> an int
    Source: Dumoulin and Visin 2016, relationship 14, arXiv:1603.07285

    >>> transposed_out_size(14, kernel=3, stride=2, padding=1, output_padding=1)
    28
    """
    return (size - 1) * stride - 2 * padding + dilation * (kernel - 1) + 1 + output_padding


def receptive_field(layers: Sequence[tuple[int, int, int]]) -> tuple[int, int]:
    """How many pixels, along one axis, an output of a chain of layers depends on, and how far apart outputs look.

    `layers` holds (kernel, stride, dilation) of each, pooling layers too, from the image on. field = 1 + sum over the
    layers of dilation (kernel - 1) times the product of the strides of all *earlier* layers. jump = the product of all
    strides: neighboring outputs look at windows that lie `jump` pixels apart.

    Shapes: -> (field, jump), two ints
    Source: Araujo et al. 2019, doi:10.23915/distill.00021

    >>> receptive_field([(3, 2, 1), (3, 1, 1)])
    (7, 2)
    """
    field, jump = 1, 1
    for kernel, stride, dilation in layers:
        field += dilation * (kernel - 1) * jump
        jump *= stride
    return field, jump


def weight_shape(kind: str, ci: int, co: int, kernel: int = 1, groups: int = 1) -> tuple[int, ...]:
    """The shape of a layer's weight; a transposed convolution keeps that of the convolution that it reads backwards.

    Shapes: linear (co, ci), conv (co, ci / groups, k, k), depthwise (co, 1, k, k), transposed (ci, co / groups, k, k),
            pool ()
    Raises: ValueError if kind is none of these or groups does not divide ci and co
    Source: PyTorch; Chollet 2016 (depthwise), arXiv:1610.02357

    >>> weight_shape("conv", 64, 128, kernel=3, groups=4)
    (128, 16, 3, 3)
    """
    if kind not in KINDS or ci % groups or co % groups:
        raise ValueError(f"weight_shape: kind must be one of {KINDS}, and groups={groups} divide {ci} and {co}: {kind}")
    return {
        "linear": (co, ci),
        "conv": (co, ci // groups, kernel, kernel),
        "depthwise": (co, 1, kernel, kernel),
        "transposed": (ci, co // groups, kernel, kernel),
        "pool": (),
    }[kind]


def field_extent(layers: Sequence[Layer], size: int) -> Tensor:
    """Which pixels of a size x size image the middle output of a chain depends on, found by following the gradient.

    All weights are 1, there is no padding. A mask, True = the output depends on it; with dilation it has holes, so the
    receptive field is its extent, last - first + 1, and not its count.

    Shapes: -> (size, size), bool
    Raises: ValueError if the image is too small for the chain
    Source: Luo et al. 2016, section 3, arXiv:1701.04128

    >>> field_extent([(3, 1, 2)], 7).sum().item()
    9
    """
    image = torch.ones(1, 1, size, size, dtype=torch.float64, requires_grad=True)
    x = image
    for kernel, stride, dilation in layers:
        if dilation * (kernel - 1) + 1 > x.shape[2]:
            raise ValueError(f"field_extent: an image of {size} pixels is too small for {list(layers)}")
        ones = torch.ones(1, 1, kernel, kernel, dtype=torch.float64)
        x = nn.functional.conv2d(x, ones, stride=stride, dilation=dilation)
    x[0, 0, x.shape[2] // 2, x.shape[3] // 2].backward()
    return image.grad[0, 0] != 0


def shape_table(net: nn.Module, input_shape: tuple[int, ...]) -> list[tuple[str, tuple[int, ...], tuple[int, ...]]]:
    """Name, weight shape and output shape of each convolution and linear layer, in the order in which they run.

    The output is that of one input, without the batch axis.

    Shapes: input_shape (c, h, w) -> [(name, weight shape, output shape)]
    Source: ours

    >>> shape_table(nn.Sequential(nn.Conv2d(1, 2, 3)), (1, 5, 5))
    [('0', (2, 1, 3, 3), (2, 3, 3))]
    """
    rows: list[tuple[str, tuple[int, ...], tuple[int, ...]]] = []
    handles = []
    for name, layer in net.named_modules():
        if isinstance(layer, (nn.Conv2d, nn.Linear)):

            def note(layer: nn.Module, _inputs: object, output: Tensor, name: str = name) -> None:
                rows.append((name, tuple(layer.weight.shape), tuple(output.shape[1:])))

            handles.append(layer.register_forward_hook(note))
    try:
        with torch.no_grad():
            net(torch.zeros(1, *input_shape))
    finally:
        for handle in handles:
            handle.remove()
    return rows
