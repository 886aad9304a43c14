"""Train small chains that differ in what they see: accuracy against the receptive field.

A chain is a few convolutions with batch normalization and ReLU, the mean over all places, and a linear classifier, on
pictures of 14 x 14 (Fashion-MNIST, each 2 x 2 pixels averaged). Depth, strides and dilations change the receptive
field; the number of channels is chosen such that every chain has about 11,000 synapses, so that seeing more is all that
differs: three layers of 3 x 3 have 24 channels and see 7 pixels, three of 1 x 1 have 71 and see one.

What this leaves out: seeds are three, pictures small, training short (six epochs of 4,000 pictures), and chains of
equal size still differ in their multiplications.

Sources: Luo et al. 2016, arXiv:1701.04128; the experiment is ours, measured by `python -m effdl.make.lab01`.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import torch
from torch import nn

from effdl import data, nets, train
from effdl.data import Split
from effdl.shapes import Layer

__all__ = ["CHAINS", "Chain", "ChainNet", "load", "measure", "small"]

EPOCHS, LR, N_SEEN = 6, 1e-2, 4000


class Chain(NamedTuple):
    """A family's name, the layers (kernel, stride, dilation), and the number of channels that makes 11,000 synapses."""

    family: str
    layers: tuple[Layer, ...]
    width: int


PLAIN, POINT, HALF, TWICE, FOURFOLD = (3, 1, 1), (1, 1, 1), (3, 2, 1), (3, 1, 2), (3, 1, 4)
CHAINS = (
    Chain("depth", (POINT, POINT, POINT), 71),
    Chain("depth", (PLAIN, POINT, POINT), 69),
    Chain("depth", (PLAIN, PLAIN, POINT), 32),
    Chain("depth", (PLAIN, PLAIN, PLAIN), 24),
    Chain("depth", (PLAIN,) * 4, 20),
    Chain("depth", (PLAIN,) * 6, 15),
    Chain("dilation", (PLAIN, PLAIN, TWICE), 24),
    Chain("dilation", (PLAIN, TWICE, TWICE), 24),
    Chain("dilation", (PLAIN, TWICE, FOURFOLD), 24),
    Chain("stride", (PLAIN, HALF, PLAIN), 24),
    Chain("stride", (HALF, PLAIN, PLAIN), 24),
    Chain("stride", (HALF, HALF, PLAIN), 24),
)


class ChainNet(nn.Module):
    """Images (n, 1, h, w) -> logits (n, 10); padding keeps the size but for strides."""

    def __init__(self, chain: Chain, *, generator: torch.Generator | None = None) -> None:
        super().__init__()
        steps: list[nn.Module] = []
        for index, (kernel, stride, dilation) in enumerate(chain.layers):
            ci, padding = chain.width if index else 1, dilation * (kernel - 1) // 2
            conv = nn.Conv2d(ci, chain.width, kernel, stride, padding, dilation, bias=False)
            steps += [conv, nn.BatchNorm2d(chain.width), nn.ReLU()]
        self.layers = nn.Sequential(*steps)
        self.classifier = nn.Linear(chain.width, 10)
        nets.initialize_(self, generator=generator)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.classifier(self.layers(x).mean((2, 3)))


def small(split: Split) -> Split:
    """The same pictures with half as many pixels each way, the mean of each 2 x 2.

    Shapes: images (n, c, h, w) -> (n, c, h / 2, w / 2)
    Source: ours

    >>> small(data.fashion_mnist("test")).images.shape
    torch.Size([2000, 1, 14, 14])
    """
    return Split(nn.functional.avg_pool2d(split.images, 2), split.labels, split.classes)


def measure(chain: Chain, seen: Split, held_out: Split, *, seed: int) -> float:
    """Train a chain on the first pictures of `seen`; its accuracy on `held_out`, in percent. Both splits are `small`.

    Source: ours
    """
    generator = torch.Generator().manual_seed(seed)
    net = ChainNet(chain, generator=generator)
    recipe = {"epochs": EPOCHS, "lr": LR, "augment": False, "progress": False}
    train.fit(net, seen.first(N_SEEN), generator=generator, **recipe)
    return train.accuracy(net, held_out)


def load() -> list[dict[str, Any]]:
    """The cached measurements, one row a chain of CHAINS: family, layers, field, jump, synapses, accuracies.

    Source: data/lab01_results.json, made by `python -m effdl.make.lab01`
    """
    return data.results("lab01")["chains"]
