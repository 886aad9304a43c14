"""The small networks that the labs carry along.

`ResNet8` is the one that travels through the course: a stem with stride 2, three residual blocks of width w, 2w and 4w,
global average pooling and a linear classifier. With w = 16 it has 78 k parameters and does 2.6 M multiply-accumulates
for an image of 28 x 28. `SmallCNN` is a plain chain of four convolutions with 61 k parameters. `MobileNetV2` is small
in parameters, not in activations: its blocks widen their input six times before a depthwise convolution.

What this leaves out: the original ResNets have a stem of 7 x 7 or of stride 1, several blocks a stage, and bottlenecks
from 50 layers on; ours is the smallest one in which every part of a residual network occurs. The original MobileNetV2
has 17 blocks and up to 1,280 channels.

Sources: He et al. 2016, arXiv:1512.03385; Banbury et al. 2021, MLPerf Tiny, arXiv:2106.07597 (its ResNet-8);
Sandler et al. 2018, arXiv:1801.04381 (MobileNetV2).
"""

from __future__ import annotations

import math
from collections import OrderedDict

import torch
from torch import Tensor, nn

__all__ = ["BasicBlock", "InvertedResidual", "MobileNetV2", "ResNet8", "SmallCNN", "initialize_"]

# of MobileNetV2: widening, channels, stride
BLOCKS = ((1, 8, 1), (6, 16, 1), (6, 16, 1), (6, 24, 2), (6, 24, 1), (6, 32, 2))


class BasicBlock(nn.Module):
    """relu2(bn2(conv2(relu1(bn1(conv1(x))))) + shortcut(x)); a 1 x 1 convolution as shortcut where shapes change."""

    def __init__(self, ci: int, co: int, stride: int = 1) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(ci, co, 3, stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(co)
        self.relu1 = nn.ReLU()  # a module, so that activations can be captured by name
        self.conv2 = nn.Conv2d(co, co, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(co)
        self.relu2 = nn.ReLU()
        self.shortcut = nn.Identity() if ci == co and stride == 1 else _conv_bn(ci, co, 1, stride)

    def forward(self, x: Tensor) -> Tensor:
        inner = self.relu1(self.bn1(self.conv1(x)))
        return self.relu2(self.bn2(self.conv2(inner)) + self.shortcut(x))


class ResNet8(nn.Module):
    """Images (n, 1, 28, 28) -> logits (n, 10). Parts: stem.conv, stem.bn, blocks[0..2], classifier."""

    def __init__(self, width: int = 16, *, classes: int = 10, generator: torch.Generator | None = None) -> None:
        super().__init__()
        w = width
        self.stem = _conv_bn(1, w, 3, 2)
        self.blocks = nn.Sequential(BasicBlock(w, w), BasicBlock(w, 2 * w, 2), BasicBlock(2 * w, 4 * w, 2))
        self.classifier = nn.Linear(4 * w, classes)
        initialize_(self, generator=generator)

    def forward(self, x: Tensor) -> Tensor:
        features = self.blocks(nn.functional.relu(self.stem(x)))
        return self.classifier(features.mean((2, 3)))


class SmallCNN(nn.Module):
    """Images (n, 1, 28, 28) -> logits (n, 10). Parts: layers (conv, bn, relu four times), classifier."""

    def __init__(self, width: int = 16, *, classes: int = 10, generator: torch.Generator | None = None) -> None:
        super().__init__()
        w = width
        steps = [(1, w, 1), (w, 2 * w, 2), (2 * w, 4 * w, 2), (4 * w, 4 * w, 1)]
        self.layers = nn.Sequential(*(_conv_bn_relu(ci, co, stride) for ci, co, stride in steps))
        self.classifier = nn.Linear(4 * w, classes)
        initialize_(self, generator=generator)

    def forward(self, x: Tensor) -> Tensor:
        return self.classifier(self.layers(x).mean((2, 3)))


class InvertedResidual(nn.Module):
    """project(depthwise(expand(x))), all 1 x 1 but the depthwise 3 x 3, plus x where shapes agree."""

    def __init__(self, ci: int, co: int, stride: int = 1, widening: int = 6) -> None:
        super().__init__()
        inner = widening * ci
        self.expand = _conv_bn_relu6(ci, inner, 1) if widening > 1 else nn.Identity()
        self.depthwise = _conv_bn_relu6(inner, inner, 3, stride, groups=inner)
        self.project = _conv_bn(inner, co, 1, 1)
        self.adds = ci == co and stride == 1

    def forward(self, x: Tensor) -> Tensor:
        inner = self.project(self.depthwise(self.expand(x)))
        return inner + x if self.adds else inner


class MobileNetV2(nn.Module):
    """Images (n, 1, 28, 28) -> logits (n, 10). Parts: stem, blocks[0..5], head, classifier."""

    def __init__(self, *, classes: int = 10, widening: int = 6, generator: torch.Generator | None = None) -> None:
        super().__init__()
        self.stem = _conv_bn_relu6(1, 16, 3, 2)
        blocks, ci = [], 16
        for wide, co, stride in BLOCKS:
            blocks.append(InvertedResidual(ci, co, stride, min(wide, widening)))
            ci = co
        self.blocks = nn.Sequential(*blocks)
        self.head = _conv_bn_relu6(ci, 128, 1)
        self.classifier = nn.Linear(128, classes)
        initialize_(self, generator=generator)

    def forward(self, x: Tensor) -> Tensor:
        return self.classifier(self.head(self.blocks(self.stem(x))).mean((2, 3)))


def initialize_(net: nn.Module, *, generator: torch.Generator | None = None) -> nn.Module:
    """Draw fresh weights: variance 2 / fan_out for convolutions, 1 / fan_in and no bias for linear layers.

    Shapes: weights of any shape, kept
    Source: He et al. 2015, arXiv:1502.01852
    """
    with torch.no_grad():
        for module in net.modules():
            if isinstance(module, nn.Conv2d):
                fan_out = module.out_channels * math.prod(module.kernel_size) // module.groups
                module.weight.normal_(0, math.sqrt(2 / fan_out), generator=generator)
            elif isinstance(module, nn.Linear):
                module.weight.normal_(0, math.sqrt(1 / module.in_features), generator=generator)
                module.bias.zero_()
    return net


def _conv_bn(ci: int, co: int, kernel: int, stride: int) -> nn.Sequential:
    conv = nn.Conv2d(ci, co, kernel, stride, padding=kernel // 2, bias=False)
    return nn.Sequential(OrderedDict(conv=conv, bn=nn.BatchNorm2d(co)))


def _conv_bn_relu6(ci: int, co: int, kernel: int, stride: int = 1, *, groups: int = 1) -> nn.Sequential:
    conv = nn.Conv2d(ci, co, kernel, stride, padding=kernel // 2, groups=groups, bias=False)
    return nn.Sequential(OrderedDict(conv=conv, bn=nn.BatchNorm2d(co), relu=nn.ReLU6()))


def _conv_bn_relu(ci: int, co: int, stride: int) -> nn.Sequential:
    layer = _conv_bn(ci, co, 3, stride)
    layer.add_module("relu", nn.ReLU())
    return layer
