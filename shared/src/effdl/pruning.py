"""Prune weights in groups: score the groups, keep the best, and make the network really smaller.

A group is one weight (fine), a row of a kernel (vector), a kernel, or a whole filter (channel). Its score is its Lp
norm, (sum |w|^p)^(1/p), and the highest scores stay. In [[3, -2], [1, -5]] at 50 % sparsity, single weights keep 3 and
-5, rows keep [1, -5]. A mask is bool, True = kept; it has one entry for each group, and `expand_mask` spreads it over
the weights.

Left out: masks over several layers at once (`effdl.masking`), grouped convolutions, residual connections that tie two
layers' channels together, and any kernel that runs faster for a mask: only `shrink_pair` saves time.

Sources: Li et al. 2017, arXiv:1608.08710; Mao et al. 2017, arXiv:1705.08922; Mishra et al. 2021, arXiv:2104.08378;
Niu et al. 2020, arXiv:2001.00138.
"""

from __future__ import annotations

import copy

import torch
from torch import Tensor, nn

__all__ = ["expand_mask", "group_scores", "kept_energy", "mask_from_scores", "nm_mask", "pattern_mask", "shrink_pair"]


def group_scores(w: Tensor, granularity: str, p: int = 1) -> Tensor:
    """Score each group of weights by its Lp norm: (sum of |w|^p over the group)^(1/p).

    The groups: "fine" is each weight, "vector" each row of a kernel (kw weights), "kernel" each kh x kw kernel,
    "channel" each filter (one output channel). `w` stays as it is; the scores have its dtype.

    Shapes: w (co, ci, kh, kw) -> fine (co, ci, kh, kw), vector (co, ci, kh), kernel (co, ci), channel (co,)
    Raises: ValueError if granularity is none of the four words
    Source: Li et al. 2017, arXiv:1608.08710; Mao et al. 2017, arXiv:1705.08922

    >>> group_scores(torch.tensor([[[[3.0, -2.0], [1.0, -5.0]]]]), "vector", p=1)
    tensor([[[5., 6.]]])
    """
    n_summed = {"fine": 0, "vector": 1, "kernel": 2, "channel": 3}.get(granularity)
    if n_summed is None:
        raise ValueError(f"group_scores: granularity must be fine, vector, kernel or channel, not {granularity!r}")
    # (co, ci, kh, kw) -> (one index for each group, the group's weights)
    groups = w.abs().reshape(*w.shape[: 4 - n_summed], -1)
    return groups.pow(p).sum(-1).pow(1 / p)


def mask_from_scores(scores: Tensor, sparsity: float) -> Tensor:
    """Keep the highest scores: exactly round(n * (1 - sparsity)) of all n, also when some are equal.

    True = kept. `round` is Python's: a half goes to the even number, so 5 scores at sparsity 0.5 keep 2. Which of equal
    scores stay is up to you. `scores` stays as it is.

    Shapes: scores (...), of any number of dimensions -> the same, bool
    Raises: ValueError if sparsity does not lie in [0, 1]
    Source: Han et al. 2015, arXiv:1506.02626

    >>> mask_from_scores(torch.tensor([5.0, 6.0, 1.0, 7.0]), 0.5)
    tensor([False,  True, False,  True])
    """
    if not 0 <= sparsity <= 1:
        raise ValueError(f"mask_from_scores: sparsity must lie in [0, 1], not {sparsity}")
    n_keep = round(scores.numel() * (1 - sparsity))
    mask = torch.zeros_like(scores, dtype=torch.bool).flatten()
    mask[scores.flatten().topk(n_keep).indices] = True
    return mask.reshape(scores.shape)


def nm_mask(w: Tensor, n: int, m: int) -> Tensor:
    """Keep the n largest |w| in every run of m consecutive input channels (N:M sparsity).

    True = kept. A run is channels 0 .. m-1, m .. 2m-1, ... of the same filter at the same place (kh, kw) of the kernel.
    Which of equal |w| stay is up to you. `w` stays as it is.

    Shapes: w (co, ci, kh, kw) -> (co, ci, kh, kw), bool
    Raises: ValueError if m does not divide ci, or n does not lie in 0..m
    Source: Mishra et al. 2021, arXiv:2104.08378

    >>> nm_mask(torch.tensor([1.0, -4.0, 3.0, 2.0]).reshape(1, 4, 1, 1), n=2, m=4).flatten()
    tensor([False,  True,  True, False])
    """
    co, ci, kh, kw = w.shape
    if ci % m or not 0 <= n <= m:
        raise ValueError(f"nm_mask: {n}:{m} needs n in 0..{m} and input channels in runs of {m}, w is {tuple(w.shape)}")
    # (co, ci, kh, kw) -> (co, ci / m, m, kh, kw)
    runs = w.abs().reshape(co, ci // m, m, kh, kw)
    kept = runs.topk(n, dim=2).indices
    mask = torch.zeros_like(runs, dtype=torch.bool).scatter(2, kept, True)
    return mask.reshape(w.shape)


def shrink_pair(
    conv1: nn.Conv2d, bn: nn.BatchNorm2d, conv2: nn.Conv2d, keep: Tensor
) -> tuple[nn.Conv2d, nn.BatchNorm2d, nn.Conv2d]:
    """Remove the output channels of conv1 that `keep` drops, from conv1, from bn and from the inputs of conv2.

    Returns three new, really smaller modules, whose out_channels, num_features and in_channels say so. Whatever else
    they hold (stride, padding, biases where there are any, eps, momentum, train or eval mode, ...) is as in the
    originals, which stay as they are. Kept channels keep their order. Neither convolution is grouped. The result equals
    the masked network exactly if the mask also zeroes bn's weight and bias: without that, a channel of zeros leaves bn
    as beta - gamma * mean / sqrt(var + eps).

    Shapes: keep (conv1.out_channels,), bool, True = kept, at least one of them
    Source: Li et al. 2017, section 3.1, arXiv:1608.08710

    >>> trio = nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8), nn.Conv2d(8, 4, 3)
    >>> shrink_pair(*trio, keep=torch.arange(8) < 5)[2]
    Conv2d(5, 4, kernel_size=(3, 3), stride=(1, 1))
    """
    thin1, thin_bn, thin2 = copy.deepcopy((conv1, bn, conv2))
    of_channel = (thin1.weight, thin1.bias, thin_bn.weight, thin_bn.bias, thin_bn.running_mean, thin_bn.running_var)
    for tensor in of_channel:
        if tensor is not None:  # a convolution without bias, a batch norm without gamma and beta
            tensor.data = tensor.data[keep]
    thin2.weight.data = thin2.weight.data[:, keep]
    thin1.out_channels = thin_bn.num_features = thin2.in_channels = len(thin1.weight)
    return thin1, thin_bn, thin2


def pattern_mask(w: Tensor, patterns: Tensor) -> Tensor:
    """Give each kernel the one pattern, of a few allowed, that keeps most of its squared weight (True = kept).

    Shapes: w (co, ci, kh, kw), patterns (n_pattern, kh, kw), bool -> (co, ci, kh, kw), bool
    Source: PatDNN, Niu et al. 2020, arXiv:2001.00138

    >>> pattern_mask(torch.tensor([[[[1.0, -3.0]]]]), torch.tensor([[[True, False]], [[False, True]]]))
    tensor([[[[False,  True]]]])
    """
    energy = torch.einsum("oihw,phw->oip", w.square(), patterns.to(w.dtype))
    return patterns[energy.argmax(-1)]


def expand_mask(mask: Tensor, shape: tuple[int, ...]) -> Tensor:
    """Spread a mask of groups (True = kept) over the weights: each weight gets its group's entry.

    Shapes: mask (co,), (co, ci), (co, ci, kh) or (co, ci, kh, kw); shape (co, ci, kh, kw) -> shape, bool
    Raises: ValueError if the mask's sizes are not the first ones of shape
    Source: `torch.Tensor.expand`

    >>> expand_mask(torch.tensor([True, False]), (2, 1, 1, 2)).flatten()
    tensor([ True,  True, False, False])
    """
    if tuple(mask.shape) != tuple(shape[: mask.ndim]):
        raise ValueError(f"expand_mask: a mask {tuple(mask.shape)} does not fit weights {tuple(shape)}")
    return mask.reshape(*mask.shape, *[1] * (len(shape) - mask.ndim)).expand(shape)


def kept_energy(w: Tensor, mask: Tensor) -> float:
    """The share of the squared weight that a mask (True = kept) keeps: sum (mask * w)^2 / sum w^2, 1 where w is zero.

    Shapes: w (...), mask like w, bool -> a float in [0, 1]
    Source: 1 - kept_energy is |w - mask * w|^2 / |w|^2, the relative squared error of the pruned weights

    >>> kept_energy(torch.tensor([3.0, 4.0]), torch.tensor([False, True]))
    0.64
    """
    energy = w.double().square()
    total = energy.sum()
    return float((energy * mask).sum() / total) if total > 0 else 1.0
