"""Let one network write the weights of all its narrower versions: MetaPruning's PruningNet.

A head of two linear layers reads the widths of all layers, each as a share of the full width, and puts out the weights
of one layer at full size; the leading output channels and the leading inputs, as many as the widths say, are used.
Trained with random widths, it gives any narrow network an accuracy without training it. In a chain with widths (2, 3)
and 4 input channels, the second layer's weight (8, 8, 3, 3) is cropped to (3, 2, 3, 3): its inputs are what the layer
before it puts out.

What this leaves out: the evolutionary search (the lab uses the cross-entropy method), a larger network of several
blocks a stage, and training the network that was found from scratch for as long as the original.

Sources: Liu et al. 2019, arXiv:1903.10258.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from effdl import train
from effdl.data import Split
from effdl.nets import ResNet8

__all__ = ["PruningNet", "generate_weights", "train_pruning_net"]

HIDDEN = 16


def generate_weights(heads: Sequence[Callable], shapes: Sequence[tuple], widths: Sequence[int]) -> list[Tensor]:
    """Write and crop the weights of a chain of convolutions, layer i with widths[i] output channels.

    The code of the widths is one vector, each width over its layer's full number of output channels, and the same for
    all heads. heads[i](code) gives layer i's weights at full size, co * ci * kh * kw numbers in the order of
    shapes[i] = (co, ci, kh, kw). Of these the first widths[i] output channels stay, and of the input channels the first
    ones, as many as the layer before puts out; the first layer keeps all its inputs. Gradients reach the heads.

    Shapes: heads[i]: (layers,), float32 -> (co * ci * kh * kw,); -> list of (widths[i], widths[i - 1], kh, kw)
    Source: Liu et al. 2019, section 3.1, arXiv:1903.10258
    """
    code = torch.tensor([width / shape[0] for width, shape in zip(widths, shapes, strict=True)])
    weights, ci = [], shapes[0][1]
    for head, shape, co in zip(heads, shapes, widths, strict=True):
        weights.append(head(code).reshape(shape)[:co, :ci])
        ci = co
    return weights


class PruningNet(nn.Module):
    """A ResNet8 whose six convolutions are written by heads; call it with images and the three inner widths.

    `generate` is `generate_weights` or one like it. Batch normalization always uses the statistics of the batch.

    Shapes: images (n, 1, 28, 28), widths three numbers in 1..(w, 2w, 4w) -> logits (n, 10)
    Source: Liu et al. 2019, section 3.1, arXiv:1903.10258
    """

    def __init__(
        self, width: int = 16, *, generator: torch.Generator, generate: Callable[..., list[Tensor]] = generate_weights
    ) -> None:
        super().__init__()
        self.net, self.generate = ResNet8(width, generator=generator), generate
        convs = [conv for block in self.net.blocks for conv in (block.conv1, block.conv2)]
        self.shapes = [tuple(conv.weight.shape) for conv in convs]
        self.heads = nn.ModuleList(_head(conv.weight.detach(), generator) for conv in convs)
        for block in self.net.blocks:
            del block.conv1.weight, block.conv2.weight

    def forward(self, images: Tensor, widths: Sequence[int]) -> Tensor:
        chain = [
            c for block, inner in zip(self.net.blocks, widths, strict=True) for c in (inner, len(block.bn2.weight))
        ]
        weights = self.generate(list(self.heads), self.shapes, chain)
        x = F.relu(self.net.stem(images))
        for i, block in enumerate(self.net.blocks):
            inner = F.relu(_norm(F.conv2d(x, weights[2 * i], stride=block.conv1.stride, padding=1), block.bn1))
            x = F.relu(_norm(F.conv2d(inner, weights[2 * i + 1], padding=1), block.bn2) + block.shortcut(x))
        return self.net.classifier(x.mean((2, 3)))


def train_pruning_net(
    net: PruningNet, seen: Split, *, epochs: float, lr: float, generator: torch.Generator
) -> PruningNet:
    """Train in place with random widths, new ones in each step; the net stays in training mode (batch statistics).

    Shapes: seen.images (n, 1, 28, 28)
    Source: Liu et al. 2019, section 3.1, arXiv:1903.10258
    """
    full = torch.tensor([shape[0] for shape in net.shapes[::2]])

    def forward(images: Tensor) -> Tensor:
        shares = torch.rand(len(full), generator=generator)
        return net(images, (1 + (shares * full).long()).clamp(max=full).tolist())

    train.fit(_Called(net, forward), seen, epochs=epochs, lr=lr, generator=generator, augment=False, progress=False)
    return net.train()


class _Called(nn.Module):
    """A network with another forward pass, for `train.fit`."""

    def __init__(self, net: nn.Module, forward: Callable[[Tensor], Tensor]) -> None:
        super().__init__()
        self.net, self.call = net, forward

    def forward(self, images: Tensor) -> Tensor:
        return self.call(images)


def _head(weight: Tensor, generator: torch.Generator) -> nn.Sequential:
    """Two linear layers that put out `weight`, flat, for a code of zeros, and change it a little for others."""
    first, second = nn.Linear(6, HIDDEN), nn.Linear(HIDDEN, weight.numel())
    with torch.no_grad():
        first.weight.normal_(0, 6**-0.5, generator=generator)
        first.bias.zero_()
        second.weight.normal_(0, 0.3 * weight.std().item() * HIDDEN**-0.5, generator=generator)
        second.bias.copy_(weight.flatten())
    return nn.Sequential(first, nn.ReLU(), second)


def _norm(x: Tensor, bn: nn.BatchNorm2d) -> Tensor:
    c = x.shape[1]
    return F.batch_norm(x, None, None, bn.weight[:c], bn.bias[:c], training=True, eps=bn.eps)
