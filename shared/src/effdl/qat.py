"""Train a network as it will run on integers: fake quantization, straight-through gradients, export.

Forward, a number is rounded to what its integer stands for; backward, the rounding counts as the identity wherever it
does not clip. The float master weight collects gradients that are far smaller than a step. With scale 0.5 and integers
-1..1 the values [0.2, 0.3, 0.9] become [0, 0.5, 0.5], and gradients [1, 1, 1] come back as [1, 1, 0].

This leaves out learned scales (LSQ), quantized additions and poolings, freezing the batch normalization late in
training, and integer kernels: the integer layers are simulated in float64, which holds their integers exactly. For
production see torchao's quantization-aware training.

Sources: Bengio, Leonard and Courville 2013, arXiv:1308.3432; Jacob et al. 2018, arXiv:1712.05877; Krishnamoorthi 2018,
arXiv:1806.08342.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from effdl import quant

__all__ = ["FakeQuantize", "IntegerLayer", "QATLayer", "export_int", "plain_rounding", "unclipped"]


class FakeQuantize(torch.autograd.Function):
    """Round to what an integer stands for; let gradients through where the integer is in range.

    Call it as `FakeQuantize.apply(x, scale, zero_point, qmin, qmax)`.
    """

    @staticmethod
    def forward(
        ctx: torch.autograd.function.FunctionCtx,
        x: Tensor,
        scale: Tensor | float,
        zero_point: Tensor | int,
        qmin: int,
        qmax: int,
    ) -> Tensor:
        """Give scale * (q - zero_point) for q = clamp(round(x / scale) + zero_point, qmin, qmax).

        `ctx.save_for_backward(...)` takes tensors for `backward`. `round` takes halves to the even integer.

        Shapes: x any; scale, zero_point () or broadcastable to x -> like x
        Error:  |result - x| <= scale / 2 for x in range
        Source: Jacob et al. 2018, section 3, arXiv:1712.05877
        """
        q = (x / scale).round() + zero_point
        ctx.save_for_backward((q >= qmin) & (q <= qmax))
        return (q.clamp(qmin, qmax) - zero_point) * scale

    @staticmethod
    def backward(
        ctx: torch.autograd.function.FunctionCtx, grad: Tensor
    ) -> tuple[Tensor | None, None, None, None, None]:
        """The gradient of each input of `forward`: `grad` where round(x / scale) + zero_point needed no clamp, else 0.

        Inputs other than x get None. `ctx.saved_tensors` holds what forward saved.

        Shapes: grad like x -> like x, and four times None
        Source: Bengio et al. 2013, arXiv:1308.3432
        """
        (inside,) = ctx.saved_tensors
        return grad * inside, None, None, None, None


def plain_rounding(x: Tensor, scale: Tensor | float, zero_point: Tensor | int, qmin: int, qmax: int) -> Tensor:
    """Quantize and dequantize without a straight-through gradient: rounding has slope 0, so nothing comes back.

    Shapes: x any; scale, zero_point () or broadcastable to x -> like x
    Source: the control of the experiments

    >>> x = torch.tensor([0.2, 0.3], requires_grad=True)
    >>> torch.autograd.grad(plain_rounding(x, 0.5, 0, -1, 1).sum(), x)[0]
    tensor([0., 0.])
    """
    return (((x / scale).round() + zero_point).clamp(qmin, qmax) - zero_point) * scale


def unclipped(x: Tensor, scale: Tensor | float, zero_point: Tensor | int, qmin: int, qmax: int) -> Tensor:
    """Quantize and dequantize with the gradient passed everywhere, also where the integer is clipped.

    Shapes: x any; scale, zero_point () or broadcastable to x -> like x
    Source: Bengio et al. 2013, arXiv:1308.3432

    >>> x = torch.tensor([0.2, 9.0], requires_grad=True)
    >>> torch.autograd.grad(unclipped(x, 0.5, 0, -1, 1).sum(), x)[0]
    tensor([1., 1.])
    """
    return x + (plain_rounding(x, scale, zero_point, qmin, qmax) - x).detach()


class QATLayer(nn.Module):
    """A convolution or linear layer that runs on fake-quantized inputs and weights; `layer` keeps the float weight.

    `fake_quantize(x, scale, zero_point, qmin, qmax)` is how it rounds. The buffers `low` and `high` hold the range of
    the inputs; they are NaN until the first batch in training mode.
    """

    def __init__(
        self, layer: nn.Conv2d | nn.Linear, bits: tuple[int, int], fake_quantize: Callable, momentum: float = 0.9
    ) -> None:
        super().__init__()
        self.layer, self.fake_quantize, self.momentum = layer, fake_quantize, momentum
        self.weight_bits, self.input_bits = bits
        self.register_buffer("low", torch.tensor(float("nan")))
        self.register_buffer("high", torch.tensor(float("nan")))

    def forward(self, x: Tensor) -> Tensor:
        """Run the layer on fake-quantized x and fake-quantized weights, and watch the range of x in training mode.

        In training mode only, first: the first batch sets low and high to its smallest and largest value; later ones
        move them to momentum * old + (1 - momentum) * new. x is quantized affinely, unsigned, by these (also in
        training mode); the weights symmetrically, restricted, one scale for each output channel. No gradient flows
        through ranges and scales. `self.run(x, w)` is the layer with another weight.

        Shapes: x (n, ci, h, w) for a convolution, (n, ci) for a linear layer -> what the layer gives
        Source: Jacob et al. 2018, section 3.1, arXiv:1712.05877
        """
        if self.training:
            low, high = x.detach().aminmax()
            keep = 0.0 if self.low.isnan() else self.momentum
            self.low.copy_(keep * self.low.nan_to_num() + (1 - keep) * low)
            self.high.copy_(keep * self.high.nan_to_num() + (1 - keep) * high)
        scale, zero_point = quant.affine_qparams(self.low, self.high, self.input_bits)
        x = self.fake_quantize(x, scale, zero_point, *quant.qrange(self.input_bits, signed=False))
        w = self.layer.weight
        scale = quant.symmetric_scale(w.detach(), self.weight_bits, dim=tuple(range(1, w.ndim)))
        return self.run(x, self.fake_quantize(w, scale, 0, *quant.qrange(self.weight_bits)))

    def run(self, x: Tensor, w: Tensor) -> Tensor:
        """The layer with the weight w instead of its own.

        Shapes: x as `forward` takes it, w like layer.weight -> what the layer gives
        Source: ours
        """
        if isinstance(self.layer, nn.Linear):
            return F.linear(x, w, self.layer.bias)
        return self.layer._conv_forward(x, w, self.layer.bias)


def export_int(w: Tensor, bits: int, input_scale: Tensor | float, bn: nn.BatchNorm2d) -> tuple[Tensor, Tensor, Tensor]:
    """Integers for a convolution and the batch norm behind it: weights q (int8), bias b (int32), one multiplier m each.

    Such that bn(conv(x, w)) in eval mode is m * (conv(x_q - zero_point, q) + b), where x_q are the input's integers. q
    is symmetric, restricted, with one scale for each output channel, as in training; batch norm goes into m and b
    alone. gamma is not 0. Nothing given is changed.

    Shapes: w (co, ci, kh, kw), input_scale () -> q like w, b (co,), m (co,)
    Units:  b counts steps of m, of output channel c: m[c] is real value per integer step
    Error:  rounding b moves an output by at most |m| / 2
    Source: Jacob et al. 2018, sections 2.4 and 3.2, arXiv:1712.05877
    """
    w = w.detach()
    scale = quant.symmetric_scale(w, bits, dim=(1, 2, 3))
    q = quant.quantize(w, scale, 0, *quant.qrange(bits)).to(torch.int8)
    gain = bn.weight.detach() / (bn.running_var + bn.eps).sqrt()
    m = input_scale * scale.flatten() * gain
    b = ((bn.bias - bn.running_mean * gain) / m).round().to(torch.int32)
    return q, b, m


class IntegerLayer(nn.Module):
    """What is left of a trained QATLayer and its batch norm: integers and one multiplier for each output channel.

    The inputs are rounded to integers, products and sums are integers (in float64, which holds them exactly), and one
    multiplication at the end gives real numbers again.
    """

    def __init__(self, trained: QATLayer, exported: tuple[Tensor, Tensor, Tensor]) -> None:
        super().__init__()
        scale, zero_point = quant.affine_qparams(trained.low, trained.high, trained.input_bits)
        self.input_range = quant.qrange(trained.input_bits, signed=False)
        q, b, m = exported
        for name, value in {"q": q, "b": b, "m": m, "scale": scale, "zero_point": zero_point}.items():
            self.register_buffer(name, value.detach().clone())
        layer = trained.layer
        self.options = {} if isinstance(layer, nn.Linear) else {"stride": layer.stride, "padding": layer.padding}

    def forward(self, x: Tensor) -> Tensor:
        """The layer's output from integers.

        Shapes: x as the layer takes it -> what the layer gives
        Source: Jacob et al. 2018, section 2.2, arXiv:1712.05877
        """
        integers = quant.quantize(x, self.scale, self.zero_point, *self.input_range) - self.zero_point
        product = F.conv2d if self.q.ndim == 4 else F.linear
        total = product(integers.double(), self.q.double(), self.b.double(), **self.options)
        # (co,) -> (co, 1, 1) for a convolution
        return (total * self.m.double().reshape(-1, *[1] * (self.q.ndim - 2))).to(x.dtype)
