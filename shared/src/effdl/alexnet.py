"""AlexNet, for counting: the network of the paper in two groups, and the one of a single column that libraries have.

The paper's second, fourth and fifth convolution have 2 groups, because it was trained on two GPUs. Its 60,965,224
parameters with biases (60,954,656 without) are the "60 million" of the abstract; 724 million MACs for an image of 224 x
224. The library's has 64, 192, 384, 256 and 256 filters in one group: 61,100,840 parameters, 714 million MACs.

What this leaves out: weights. Everything is on PyTorch's "meta" device, which has shapes and no values, so that 244 MB
of weights take none. Dropout and local response normalization have no weights and are left out too.

Sources: Krizhevsky et al. 2012, ImageNet classification with deep convolutional neural networks; Krizhevsky 2014,
arXiv:1404.5997, as in torchvision.
"""

from __future__ import annotations

from collections import OrderedDict

import torch
from torch import nn

__all__ = ["INPUT", "alexnet"]

INPUT = (3, 224, 224)
PAPER, LIBRARY = (96, 256, 384, 384, 256), (64, 192, 384, 256, 256)


def alexnet(*, paper: bool = True) -> nn.Sequential:
    """AlexNet without values: conv1 to conv5, pooling after 1, 2 and 5, then fc6 to fc8.

    Source: Krizhevsky et al. 2012, section 3.5; torchvision.models.alexnet for paper=False

    >>> sum(weight.numel() for weight in alexnet().parameters())
    60965224
    """
    c1, c2, c3, c4, c5 = PAPER if paper else LIBRARY
    groups = 2 if paper else 1
    with torch.device("meta"):
        return nn.Sequential(
            OrderedDict(
                conv1=nn.Conv2d(3, c1, 11, stride=4, padding=2), relu1=nn.ReLU(), pool1=nn.MaxPool2d(3, 2),
                conv2=nn.Conv2d(c1, c2, 5, padding=2, groups=groups), relu2=nn.ReLU(), pool2=nn.MaxPool2d(3, 2),
                conv3=nn.Conv2d(c2, c3, 3, padding=1), relu3=nn.ReLU(),
                conv4=nn.Conv2d(c3, c4, 3, padding=1, groups=groups), relu4=nn.ReLU(),
                conv5=nn.Conv2d(c4, c5, 3, padding=1, groups=groups), relu5=nn.ReLU(), pool5=nn.MaxPool2d(3, 2),
                flat=nn.Flatten(), fc6=nn.Linear(c5 * 6 * 6, 4096), relu6=nn.ReLU(),
                fc7=nn.Linear(4096, 4096), relu7=nn.ReLU(), fc8=nn.Linear(4096, 1000),
            )
        )  # fmt: skip
