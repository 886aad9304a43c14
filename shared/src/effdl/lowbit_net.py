"""Train a whole network whose inner convolutions have binary or ternary weights.

Each method rounds the latent float weight in the forward pass and lets the gradient through to it: BinaryConnect (signs
alone, by sign or by lot), BWN (signs times alpha of each filter), XNOR-Net (inputs as signs too), TWN (three values of
one scale a layer), TTQ (three values, two learned scales). Latent weights start as the trained ones, divided by twice
their layer's standard deviation: then most lie in [-1, 1], where signs are still open, and batch normalization undoes
the factor.

This leaves out the papers' schedules of a hundred epochs. The first convolution, the 1 x 1 shortcuts and the classifier
stay in float32, as the papers keep their first and last layers.

Sources: Courbariaux et al. 2015, arXiv:1511.00363; Rastegari et al. 2016, arXiv:1603.05279; Li et al. 2016,
arXiv:1605.04711; Zhu et al. 2017, arXiv:1612.01064.
"""

from __future__ import annotations

import copy

import torch
from torch import Tensor, nn

from effdl import lowbit, masking
from effdl.qat_net import replace_

__all__ = ["METHODS", "LowBitConv", "clip_", "convert", "latent", "outside", "stored_bytes", "straight_through"]

METHODS = ("BinaryConnect", "stochastic", "BWN", "XNOR-Net", "TWN", "TTQ")
BITS = {"TWN": 2, "TTQ": 2}
TTQ_SHARE = 0.05  # of the largest |w|: the threshold of Zhu et al.


def straight_through(latent: Tensor, value: Tensor, limit: float = float("inf")) -> Tensor:
    """`value` in the forward pass; backward, the gradient goes to `latent` where |latent| <= limit.

    Shapes: latent, value alike -> the same
    Source: Bengio et al. 2013, arXiv:1308.3432; the limit, Courbariaux et al. 2016, arXiv:1602.02830
    """
    return _Through.apply(latent, value, limit)


class _Through(torch.autograd.Function):
    """What `straight_through` does."""

    @staticmethod
    def forward(ctx: torch.autograd.function.FunctionCtx, latent: Tensor, value: Tensor, limit: float) -> Tensor:
        """The value, as it is."""
        ctx.save_for_backward(latent.abs() <= limit)
        return value.clone()

    @staticmethod
    def backward(ctx: torch.autograd.function.FunctionCtx, grad: Tensor) -> tuple[Tensor, None, None]:
        """For the latent weight within the limit."""
        (inside,) = ctx.saved_tensors
        return grad * inside, None, None


class TrainedTernary(torch.autograd.Function):
    """The weight of TTQ, and its gradients."""

    @staticmethod
    def forward(
        ctx: torch.autograd.function.FunctionCtx, latent: Tensor, w_p: Tensor, w_n: Tensor, share: float
    ) -> Tensor:
        """w_p, 0 or -w_n, by a threshold of `share` times the largest |latent|."""
        t = latent.sign() * (latent.abs() > share * latent.abs().max())
        ctx.save_for_backward(t, w_p, w_n)
        return torch.where(t > 0, w_p, torch.where(t < 0, -w_n, torch.zeros_like(w_n)))

    @staticmethod
    def backward(ctx: torch.autograd.function.FunctionCtx, grad: Tensor) -> tuple[Tensor, Tensor, Tensor, None]:
        """For the latent weight and both scales."""
        for_p, for_n, for_latent = lowbit.ttq_gradients(grad, *ctx.saved_tensors)
        return for_latent, for_p, for_n, None


class LowBitConv(nn.Conv2d):
    """A convolution without bias that runs on binary or ternary weights, by one of METHODS."""

    def __init__(self, conv: nn.Conv2d, method: str, generator: torch.Generator | None = None) -> None:
        sizes = conv.in_channels, conv.out_channels, conv.kernel_size, conv.stride, conv.padding
        super().__init__(*sizes, bias=False)
        self.method, self.generator = method, generator
        with torch.no_grad():
            self.weight.copy_(conv.weight / (2 * conv.weight.std()))
        if method == "XNOR-Net":
            self.norm = nn.BatchNorm2d(conv.in_channels)  # behind a ReLU every sign would be +1
        if method == "TTQ":
            mean = self.weight.detach().abs().mean()
            self.w_p, self.w_n = nn.Parameter(mean.clone()), nn.Parameter(mean.clone())

    def forward(self, x: Tensor) -> Tensor:
        """Convolve with the rounded weight.

        Shapes: x (n, ci, h, w) -> (n, co, ho, wo)
        """
        if self.method == "XNOR-Net":
            return self._xnor(self.norm(x))
        return self._conv_forward(x, self.rounded(), None)

    def rounded(self) -> Tensor:
        """The weight that runs; gradients go to the latent one. By lot only while training.

        Shapes: -> like weight
        """
        w = self.weight
        if self.method == "TTQ":
            return TrainedTernary.apply(w, self.w_p, self.w_n, TTQ_SHARE)
        if self.method == "TWN":
            t, _, scale = lowbit.ternarize(w.detach())
            return straight_through(w, scale * t)
        mode = "stochastic" if self.method == "stochastic" and self.training else "deterministic"
        signs = lowbit.binarize(w.detach(), mode, self.generator)
        alpha = w.detach().abs().mean((1, 2, 3), keepdim=True) if self.method in ("BWN", "XNOR-Net") else 1.0
        return straight_through(w, alpha * signs)

    def _xnor(self, x: Tensor) -> Tensor:
        """Signs of x times signs of w, with both scales; the sign of x lets gradients through where |x| <= 1."""
        k = nn.functional.avg_pool2d(x.abs().mean(1, keepdim=True), self.kernel_size, self.stride, self.padding)
        return self._conv_forward(straight_through(x, lowbit.binarize(x.detach()), 1.0), self.rounded(), None) * k


def convert(net: nn.Module, method: str, *, generator: torch.Generator | None = None) -> nn.Module:
    """A copy of the network whose 3 x 3 convolutions but the first are `LowBitConv`s.

    Raises: ValueError if method is none of METHODS
    Source: the papers above
    """
    if method not in METHODS:
        raise ValueError(f"convert: method must be one of {METHODS}, got {method!r}")
    copied = copy.deepcopy(net)
    for name in masking.prunable(copied):
        replace_(copied, name, LowBitConv(copied.get_submodule(name), method, generator))
    return copied


def clip_(net: nn.Module) -> nn.Module:
    """Put latent weights that have left [-1, 1] back on its edge; a hook for `train.fit(after_step=...)`.

    Source: Courbariaux et al. 2015, section 2.4, arXiv:1511.00363
    """
    with torch.no_grad():
        for layer in net.modules():
            if isinstance(layer, LowBitConv):
                layer.weight.clamp_(-1, 1)
    return net


def outside(net: nn.Module) -> float:
    """The share of latent weights outside [-1, 1].

    Source: ours
    """
    return float((latent(net).abs() > 1).float().mean())


def latent(net: nn.Module) -> Tensor:
    """All latent weights of a network's LowBitConvs, in a row.

    Shapes: -> (n,)
    Source: ours
    """
    return torch.cat([layer.weight.detach().flatten() for layer in net.modules() if isinstance(layer, LowBitConv)])


def stored_bytes(net: nn.Module) -> int:
    """Bytes of a network of LowBitConvs: 1 or 2 bits a weight, its scales, all else and running statistics in float32.

    BinaryConnect has no scale, BWN and XNOR-Net one for each filter, TWN one for each layer, TTQ two. A ternary weight
    takes 2 bits, though log2 3 = 1.58 would do.

    Source: the papers above
    """
    total = sum(value.numel() * 4 for value in net.state_dict().values() if value.is_floating_point())
    for layer in net.modules():
        if isinstance(layer, LowBitConv):
            scales = {"BWN": layer.out_channels, "XNOR-Net": layer.out_channels, "TWN": 1}.get(layer.method, 0)
            n = layer.weight.numel()
            total += -(-n * BITS.get(layer.method, 1) // 8) + 4 * scales - 4 * n
    return total
