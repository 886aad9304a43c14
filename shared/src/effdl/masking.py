"""Hold a whole network's pruning masks, and take pruned filters out of it.

A mask is bool, True = kept, one for each layer by name: {"blocks.0.conv1": mask}. A mask of fewer axes than the weight
has one entry for each group: (co, ci, kh, kw) single weights, (co, ci, kh) rows, (co, ci) kernels, (co,) filters.
Pruning a filter has to silence its batch normalization too: a filter of zeros still puts out beta - gamma mu / sigma,
which is 0.3 - 1.2 * 0.2 / 2 = 0.18 for beta 0.3, gamma 1.2, mu 0.2 and sigma 2.

What this leaves out: ResNet8's first convolution, its 1 x 1 shortcuts and its classifier stay dense (5 % of its
parameters, normalization included); it shrinks only inside a block, because a block's output is added to its input,
which would have to lose the same channels.

Sources: Li et al. 2017, Pruning Filters, section 3.3, arXiv:1608.08710; Han et al. 2015, arXiv:1506.02626 (masks while
training on).
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping

import torch
from torch import Tensor, nn

__all__ = ["apply_", "keep_applied", "prunable", "shrink_blocks"]

Shrink = Callable[[nn.Conv2d, nn.BatchNorm2d, nn.Conv2d, Tensor], tuple[nn.Conv2d, nn.BatchNorm2d, nn.Conv2d]]


def prunable(net: nn.Module) -> dict[str, Tensor]:
    """The weights that are pruned, by layer: every Conv2d larger than 1 x 1 but the network's first convolution.

    Shapes: -> each (co, ci, kh, kw), detached, sharing memory with the network
    Source: ours
    """
    convs = [(name, layer) for name, layer in net.named_modules() if isinstance(layer, nn.Conv2d)]
    return {name: layer.weight.detach() for name, layer in convs[1:] if max(layer.kernel_size) > 1}


def apply_(net: nn.Module, masks: Mapping[str, Tensor]) -> nn.Module:
    """Set pruned weights to zero in place; a mask of filters (co,) also zeroes their bias and their BN's gamma, beta.

    The batch normalization of "...conv1" is the layer "...bn1" beside it, if there is one.

    Shapes: each mask bool, True = kept, the first 1-4 axes of its weight's shape
    Raises: ValueError if there is no such layer or a mask does not fit its weight
    Source: Li et al. 2017, section 3.3, arXiv:1608.08710
    """
    layers = dict(net.named_modules())
    for name, mask in masks.items():
        weight = getattr(layers.get(name), "weight", None)
        if weight is None or mask.dtype != torch.bool or not mask.ndim or mask.shape != weight.shape[: mask.ndim]:
            has = None if weight is None else tuple(weight.shape)
            raise ValueError(f"apply_: mask {tuple(mask.shape)} ({mask.dtype}) does not fit {name!r} with weight {has}")
        _zero_(weight, mask)
        if mask.ndim == 1:
            _zero_(layers[name].bias, mask)
            parent, _, own = name.rpartition(".")
            norm = layers.get(f"{parent}.{own.replace('conv', 'bn')}".lstrip("."))
            _zero_(getattr(norm, "weight", None), mask)
            _zero_(getattr(norm, "bias", None), mask)
    return net


def keep_applied(masks: Mapping[str, Tensor]) -> Callable[[nn.Module], nn.Module]:
    """A hook for `train.fit(after_step=...)`: the optimizer moves pruned weights off zero, this puts them back.

    Shapes: each mask bool, True = kept, as `apply_` takes it
    Source: Han et al. 2015, section 3, arXiv:1506.02626
    """
    return lambda net: apply_(net, masks)


def shrink_blocks(net: nn.Module, keeps: Mapping[str, Tensor], shrink: Shrink) -> nn.Module:
    """A copy of the network whose blocks are really smaller inside, by `shrink(conv1, bn1, conv2, keep)`.

    Only "...conv1" of a block can lose filters: its output goes to conv2 and nowhere else.

    Shapes: keeps {"blocks.0.conv1": (co,) bool, True = kept}
    Raises: ValueError if a name is no conv1 beside a bn1 and a conv2
    Source: Li et al. 2017, section 3.3, arXiv:1608.08710
    """
    small = copy.deepcopy(net)
    layers = dict(small.named_modules())
    for name, keep in keeps.items():
        block = layers.get(name.removesuffix(".conv1"))
        if not name.endswith(".conv1") or not all(hasattr(block, part) for part in ("conv1", "bn1", "conv2")):
            raise ValueError(f"shrink_blocks: {name!r} is no conv1 beside a bn1 and a conv2 of one block")
        block.conv1, block.bn1, block.conv2 = shrink(block.conv1, block.bn1, block.conv2, keep)
    return small


def _zero_(values: Tensor | None, mask: Tensor) -> None:
    if values is not None:
        values.data.masked_fill_(~mask[(..., *(None,) * (values.ndim - mask.ndim))], 0)
