"""The layers of a small network, written out: fully connected, padding, convolution, pooling, normalization.

A neuron's cell body sums its inputs times their synapses, z = sum w x + b; a convolution does so with the same w at
each place, y[o, p, q] = b[o] + sum over c, i, j of w[o, c, i, j] x[c, p s + i d, q s + j d] (stride s, dilation d). On
the image 1 2 3 4 the kernel 1 10 gives 21 32 43. The kernel is not flipped: deep learning calls this convolution,
signal processing cross-correlation. Images are (n, c, h, w), weights (co, ci / groups, kh, kw).

What this leaves out: speed. `torch.nn.functional` has the same layers, compiled; ours differ from them by rounding
alone and are several times slower. Padding is alike on all four sides; a row of pixels (1-D) is an image with h = 1.

Sources: Dumoulin and Visin 2016, arXiv:1603.07285; Ioffe and Szegedy 2015, arXiv:1502.03167; Wu and He 2018,
arXiv:1803.08494; Vaswani et al. 2017, arXiv:1706.03762.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

__all__ = [
    "ACTIVATIONS", "activate", "attention", "conv2d", "linear_forward", "normalize", "pad2d", "pool2d",
    "transposed_conv2d",
]  # fmt: skip

ACTIVATIONS = ("sigmoid", "ReLU", "ReLU6", "leaky ReLU", "swish", "h-swish")


def linear_forward(x: Tensor, w: Tensor, b: Tensor | None = None) -> Tensor:
    """The cell bodies of a fully-connected layer: y[i, o] = sum over c of w[o, c] x[i, c], plus b[o] if there is a b.

    Shapes: x (n, ci), w (co, ci), b (co,) or None -> (n, co)
    Source: `torch.nn.functional.linear`

    >>> linear_forward(torch.tensor([[1.0, 2.0]]), torch.tensor([[3.0, 4.0], [0.0, 1.0]]), torch.tensor([10.0, 20.0]))
    tensor([[21., 22.]])
    """
    y = x @ w.T
    return y if b is None else y + b


def pad2d(x: Tensor, padding: int, mode: str = "zeros") -> Tensor:
    """Put `padding` rows and columns around each image, on all four sides.

    "zeros" fills them with 0, "replicate" repeats the edge (1 1 1 2 3 3 3), "reflect" mirrors at the edge without
    repeating it (3 2 1 2 3 2 1), "circular" goes on at the other side (2 3 1 2 3 1 2): here 1 2 3 with padding 2.
    `padding` is smaller than h and w. `x` stays as it is; the result has its dtype.

    Shapes: x (n, c, h, w) -> (n, c, h + 2 padding, w + 2 padding)
    Raises: ValueError if mode is none of the four words
    Source: `torch.nn.Conv2d`, padding_mode

    >>> pad2d(torch.tensor([[[[1, 2, 3]] * 3]]), 1, "reflect")[0, 0, 0]
    tensor([2, 1, 2, 3, 2])
    """
    if mode not in ("zeros", "replicate", "reflect", "circular"):
        raise ValueError(f"pad2d: mode must be zeros, replicate, reflect or circular, not {mode!r}")
    n, c, h, w = x.shape
    if mode == "zeros":
        padded = x.new_zeros(n, c, h + 2 * padding, w + 2 * padding)
        padded[:, :, padding : padding + h, padding : padding + w] = x
        return padded
    places = []
    for size in (h, w):
        place = torch.arange(-padding, size + padding)
        found = {"replicate": place.clamp(0, size - 1), "circular": place % size}
        found["reflect"] = size - 1 - (size - 1 - place.abs()).abs()
        places.append(found[mode])
    return x[:, :, places[0]][:, :, :, places[1]]


def conv2d(
    x: Tensor, w: Tensor, b: Tensor | None = None, stride: int = 1, dilation: int = 1, groups: int = 1
) -> Tensor:
    """Slide each filter over the image, which is padded already, and sum what lies under its taps.

    With g groups, group k of the filters (co / g of them, in order) sees group k of the channels (ci / g, in order) and
    nothing else. Taps lie `dilation` apart, windows `stride` apart. The kernel is not flipped. `groups` divides co.

    Shapes: x (n, ci, h, w), w (co, ci / groups, kh, kw), b (co,) or None -> (n, co, ho, wo)
            ho = floor((h - dilation (kh - 1) - 1) / stride) + 1, wo alike
    Raises: ValueError if ci is not groups times w.shape[1]
    Source: Dumoulin and Visin 2016, arXiv:1603.07285

    >>> conv2d(torch.tensor([[[[1.0, 2.0, 3.0, 4.0]]]]), torch.tensor([[[[1.0, 10.0]]]]))
    tensor([[[[21., 32., 43.]]]])
    """
    (n, ci, height, width), (co, per_group, kh, kw) = x.shape, w.shape
    if ci != groups * per_group:
        raise ValueError(f"conv2d: x {tuple(x.shape)} does not fit w {tuple(w.shape)} with {groups} groups")
    ho = (height - dilation * (kh - 1) - 1) // stride + 1
    wo = (width - dilation * (kw - 1) - 1) // stride + 1
    # (n, ci, h, w) -> (n, groups, ci / groups, h, w); (co, ci / groups, kh, kw) -> (groups, co / groups, ...)
    images, filters = x.unflatten(1, (groups, per_group)), w.unflatten(0, (groups, co // groups))
    y = x.new_zeros(n, groups, co // groups, ho, wo)
    for i in range(kh):
        for j in range(kw):
            rows = slice(i * dilation, i * dilation + (ho - 1) * stride + 1, stride)
            columns = slice(j * dilation, j * dilation + (wo - 1) * stride + 1, stride)
            y += torch.einsum("ngchw,goc->ngohw", images[..., rows, columns], filters[..., i, j])
    return y.flatten(1, 2) if b is None else y.flatten(1, 2) + b[:, None, None]


def transposed_conv2d(x: Tensor, w: Tensor, stride: int = 1) -> Tensor:
    """Stamp each filter, times the input value, onto a larger image; stamps that overlap add up.

    This is `conv2d` read backwards (its adjoint): sum(conv2d(y, w) * x) = sum(y * transposed_conv2d(x, w)).

    Shapes: x (n, co, h, w), w (co, ci, kh, kw), the convolution's -> (n, ci, (h - 1) stride + kh, (w - 1) stride + kw)
    Source: Dumoulin and Visin 2016, chapter 4, arXiv:1603.07285

    >>> transposed_conv2d(torch.tensor([[[[1.0, 2.0]]]]), torch.tensor([[[[1.0, 10.0]]]]), stride=2)
    tensor([[[[ 1., 10.,  2., 20.]]]])
    """
    (n, _, height, width), (_, ci, kh, kw) = x.shape, w.shape
    y = x.new_zeros(n, ci, (height - 1) * stride + kh, (width - 1) * stride + kw)
    for row in range(height):
        for column in range(width):
            stamps = torch.einsum("no,ocij->ncij", x[:, :, row, column], w)
            y[:, :, row * stride : row * stride + kh, column * stride : column * stride + kw] += stamps
    return y


def pool2d(x: Tensor, kernel: int, stride: int, padding: int = 0, mode: str = "max") -> Tensor:
    """The largest value ("max") or the mean ("average") of each kernel x kernel window, channel by channel.

    Windows start `stride` apart. `padding` goes on all four sides: for "average" it counts as zeros, for "max" it never
    wins, whatever the image holds. `x` stays as it is.

    Shapes: x (n, c, h, w) -> (n, c, ho, wo) with ho = floor((h + 2 padding - kernel) / stride) + 1, wo alike
    Raises: ValueError if mode is neither word
    Source: `torch.nn.MaxPool2d`, `torch.nn.AvgPool2d`

    >>> pool2d(torch.tensor([[[[-1.0, -2.0], [-3.0, -6.0]]]]), kernel=2, stride=2, mode="average")
    tensor([[[[-3.]]]])
    """
    if mode not in ("max", "average"):
        raise ValueError(f"pool2d: mode must be max or average, not {mode!r}")
    padded = F.pad(x, (padding,) * 4, value=-math.inf if mode == "max" else 0.0)
    # (n, c, h, w) -> (n, c, ho, wo, kernel, kernel)
    windows = padded.unfold(2, kernel, stride).unfold(3, kernel, stride)
    return windows.amax((4, 5)) if mode == "max" else windows.mean((4, 5))


def normalize(x: Tensor, kind: str, groups: int = 1, eps: float = 1e-5) -> Tensor:
    """Subtract the mean and divide by sqrt(variance + eps), both over the values that `kind` puts together.

    "batch": each channel, over all images and places. The others take each image by itself: "layer" all of its values,
    "instance" each channel, "group" each of `groups` runs of c / groups consecutive channels. The variance is the mean
    squared distance from the mean (divided by the count, not by the count less one). `x` stays as it is.

    Shapes: x (n, c, h, w) -> (n, c, h, w)
    Raises: ValueError if kind is none of the four words
    Source: Ioffe and Szegedy 2015, arXiv:1502.03167; Wu and He 2018, figure 2, arXiv:1803.08494

    >>> normalize(torch.tensor([[[[1.0, 3.0]], [[10.0, 30.0]]]]), "instance").round().flatten()
    tensor([-1.,  1., -1.,  1.])
    """
    n, c = x.shape[:2]
    n_run = {"batch": c, "layer": 1, "instance": c, "group": groups}
    if kind not in n_run:
        raise ValueError(f"normalize: kind must be batch, layer, instance or group, not {kind!r}")
    # (n, c, h, w) -> (n, runs, values of a run)
    runs, axes = x.reshape(n, n_run[kind], -1), (0, 2) if kind == "batch" else (2,)
    mean = runs.mean(axes, keepdim=True)
    variance = (runs - mean).square().mean(axes, keepdim=True)
    return ((runs - mean) / (variance + eps).sqrt()).reshape(x.shape)


def activate(x: Tensor, kind: str) -> Tensor:
    """What a neuron puts out for the sum x of its cell body.

    sigmoid 1 / (1 + e^-x), ReLU max(x, 0), ReLU6 min(max(x, 0), 6), leaky ReLU x or 0.1 x where x < 0,
    swish x sigmoid(x), h-swish x ReLU6(x + 3) / 6.

    Shapes: x (...) -> (...)
    Raises: ValueError if kind is none of ACTIVATIONS
    Source: Howard et al. 2019 (h-swish), arXiv:1905.02244; Ramachandran et al. 2017 (swish), arXiv:1710.05941

    >>> activate(torch.tensor([-1.0, 7.0]), "ReLU6")
    tensor([0., 6.])
    """
    if kind not in ACTIVATIONS:
        raise ValueError(f"activate: kind must be one of {ACTIVATIONS}, not {kind!r}")
    if kind in ("ReLU", "ReLU6"):
        return x.clamp(0, 6 if kind == "ReLU6" else None)
    if kind == "leaky ReLU":
        return torch.where(x < 0, 0.1 * x, x)
    if kind == "h-swish":
        return x * (x + 3).clamp(0, 6) / 6
    sigmoid = 1 / (1 + torch.exp(-x))
    return sigmoid if kind == "sigmoid" else x * sigmoid


def attention(q: Tensor, k: Tensor, v: Tensor) -> tuple[Tensor, Tensor]:
    """Mix the values v by how well each query fits each key: softmax(q k^T / sqrt(d)) v, and the (T, T) shares.

    It has no weights of its own; the shares are as many as pairs of tokens, so memory grows with T squared.

    Shapes: q, k (T, d), v (T, d') -> mixed (T, d'), shares (T, T), each row of which sums to 1
    Source: Vaswani et al. 2017, eq. 1, arXiv:1706.03762

    >>> attention(torch.zeros(1, 2), torch.zeros(2, 2), torch.tensor([[1.0], [3.0]]))[0]
    tensor([[2.]])
    """
    shares = torch.softmax(q @ k.T / math.sqrt(q.shape[1]), dim=1)
    return shares @ v, shares
