"""Take a trained network apart and put it together again, from layers of your own.

`parts(net)` keeps the layers of a ResNet8 and drops its forward pass; `resnet_forward` is that pass, written out: stem,
blocks, mean over places, classifier. A block adds what comes in to what its two convolutions make of it, so that they
only learn the difference: with an inner result of 0.5 and an input of 2, relu(0.5 + 2) = 2.5.

What this leaves out: training. Batch normalization in use takes the mean and the variance that training kept, not those
of the batch at hand; `own_parts` can do either.

Sources: He et al. 2016, arXiv:1512.03385; Ioffe and Szegedy 2015, arXiv:1502.03167.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor, nn

from effdl.data import Split
from effdl.nets import ResNet8

__all__ = [
    "Functions", "OwnConv", "OwnLinear", "OwnNorm", "Parts", "accuracy_by_batch", "own_parts", "parts",
    "resnet_forward",
]  # fmt: skip

INNER = ("conv1", "bn1", "conv2", "bn2", "shortcut")


class Functions(NamedTuple):
    """What a network is assembled from."""

    linear_forward: Callable[..., Tensor]
    pad2d: Callable[..., Tensor]
    conv2d: Callable[..., Tensor]
    normalize: Callable[..., Tensor]


def resnet_forward(x: Tensor, net: nn.Module) -> Tensor:
    """Run a residual network from its parts; `net` only holds them and cannot be called.

    The stem `net.stem`, then relu. For each block of `net.blocks`, with conv1, bn1, conv2, bn2 and shortcut:
    relu(bn2(conv2(relu(bn1(conv1(x))))) + shortcut(x)), where x is what enters the block. Then the mean over h and w
    of each channel, then `net.classifier`. There may be any number of blocks. `x` stays as it is.

    Shapes: x (n, ci, h, w) -> logits (n, classes); features before the mean (n, c, h', w')
    Source: He et al. 2016, eq. 1 and 2, arXiv:1512.03385

    >>> from effdl import assembly, data, zoo
    >>> resnet_forward(data.fashion_mnist("validation").images[:2], assembly.parts(zoo.load())).shape
    torch.Size([2, 10])
    """
    x = net.stem(x).relu()
    for block in net.blocks:
        inner = block.bn1(block.conv1(x)).relu()
        inner = block.bn2(block.conv2(inner))
        x = (inner + block.shortcut(x)).relu()
    return net.classifier(x.mean((2, 3)))


class Parts(nn.Module):
    """A box of layers: it has their names and their weights, and no forward pass."""

    def forward(self, *_: object) -> Tensor:
        raise TypeError("this box of layers cannot be called: call the layers in it, such as net.stem(x)")


def parts(net: ResNet8) -> Parts:
    """The layers of a ResNet8 in a box that has no forward pass, its blocks likewise; weights are shared, not copied.

    Source: ours
    """
    return _box(net, lambda layer: layer)


def own_parts(net: ResNet8, functions: Functions, *, statistics: str = "stored") -> Parts:
    """Like `parts`, but each layer runs one of the given functions on the trained weights.

    Batch normalization uses the "stored" mean and variance, or those of the "batch", by `normalize`.

    Raises: ValueError if statistics is neither word
    Source: ours
    """
    if statistics not in ("stored", "batch"):
        raise ValueError(f"own_parts: statistics must be stored or batch, not {statistics!r}")

    def rebuilt(layer: nn.Module) -> nn.Module:
        if isinstance(layer, nn.Conv2d):
            return OwnConv(layer, functions)
        if isinstance(layer, nn.BatchNorm2d):
            return OwnNorm(layer, functions if statistics == "batch" else None)
        if isinstance(layer, nn.Linear):
            return OwnLinear(layer, functions)
        return nn.Sequential(*map(rebuilt, layer)) if isinstance(layer, nn.Sequential) else layer

    return _box(net, rebuilt)


def accuracy_by_batch(net: ResNet8, functions: Functions, split: Split, size: int) -> float:
    """Accuracy in percent if normalization takes the mean and variance of each batch of `size` pictures.

    Shapes: split.images (n, 1, h, w), split.labels (n,)
    Source: Ioffe and Szegedy 2015, section 3.1, arXiv:1502.03167
    """
    own = own_parts(net, functions, statistics="batch")
    logits = torch.cat([resnet_forward(images, own) for images in split.images.split(size)])
    return 100 * (logits.argmax(1) == split.labels).float().mean().item()


class OwnConv(nn.Module):
    """A trained convolution, run by pad2d and conv2d."""

    def __init__(self, layer: nn.Conv2d, functions: Functions) -> None:
        super().__init__()
        self.layer, self.functions = layer, functions

    def forward(self, x: Tensor) -> Tensor:
        layer = self.layer
        bias = None if layer.bias is None else layer.bias.detach()
        padded = self.functions.pad2d(x, layer.padding[0], layer.padding_mode)
        weight = layer.weight.detach()
        return self.functions.conv2d(padded, weight, bias, layer.stride[0], layer.dilation[0], layer.groups)


class OwnNorm(nn.Module):
    """A trained batch normalization: gamma x_hat + beta, x_hat by the stored statistics or by normalize."""

    def __init__(self, layer: nn.BatchNorm2d, functions: Functions | None = None) -> None:
        super().__init__()
        self.layer, self.functions = layer, functions

    def forward(self, x: Tensor) -> Tensor:
        layer = self.layer
        gamma, beta, mean, variance = (
            value.detach()[:, None, None] for value in (layer.weight, layer.bias, layer.running_mean, layer.running_var)
        )
        if self.functions is None:
            return gamma * (x - mean) / (variance + layer.eps).sqrt() + beta
        return gamma * self.functions.normalize(x, "batch", 1, layer.eps) + beta


class OwnLinear(nn.Module):
    """A trained fully-connected layer, run by linear_forward."""

    def __init__(self, layer: nn.Linear, functions: Functions) -> None:
        super().__init__()
        self.layer, self.functions = layer, functions

    def forward(self, x: Tensor) -> Tensor:
        return self.functions.linear_forward(x, self.layer.weight.detach(), self.layer.bias.detach())


def _box(net: ResNet8, rebuilt: Callable[[nn.Module], nn.Module]) -> Parts:
    box = Parts()
    box.stem = rebuilt(net.stem)
    box.blocks = nn.ModuleList()
    for block in net.blocks:
        inner = Parts()
        for name in INNER:
            setattr(inner, name, rebuilt(getattr(block, name)))
        box.blocks.append(inner)
    box.classifier = rebuilt(net.classifier)
    return box
