"""Prune a whole network and measure it as pruned, with batch normalization re-estimated, and fine-tuned.

Each point of a curve is the same three steps on a copy of the network: set masks, measure; re-estimate the batch
normalization on training images, measure; train on for an epoch with the masks applied again after each step, measure.
A network at 90 % accuracy may read 12, 60 and 86 there.

What this leaves out: a sparsity for each layer by its sensitivity, and pruning in several rounds; every layer loses the
same share at once.

Sources: Han et al. 2015, arXiv:1506.02626 (prune, then train on); Mao et al. 2017, arXiv:1705.08922 (granularities);
Li et al. 2020, EagleEye, arXiv:2007.02491 (re-estimation)
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from effdl import capture, cost, evidence, masking, pruning, saliency, train
from effdl.data import Split

__all__ = [
    "ENCODINGS", "FORMATS", "GRANULARITIES", "METHODS", "bn_leak", "finetune_", "half_masks", "layer_costs", "masks", "measure",
    "one_shot", "reconstruction", "shrink",
]  # fmt: skip

GRANULARITIES = ("fine", "2:4", "vector", "kernel", "channel", "random")
FORMATS = {"fine": "bitmask", "2:4": "n:m", "random": "bitmask"} | dict.fromkeys(("vector", "kernel"), "bitmask")
FORMATS["channel"] = "compact"
ENCODINGS = ("dense", "bitmask", "index16")
METHODS = (*evidence.CRITERIA, "L1 + refit", "LASSO + refit")
# the four 2 x 2 corners of a 3 x 3 kernel: (4, 3, 3), True = kept
CORNERS = torch.zeros(4, 3, 3, dtype=torch.bool)
for _index, (_row, _column) in enumerate(((0, 0), (0, 1), (1, 0), (1, 1))):
    CORNERS[_index, _row : _row + 2, _column : _column + 2] = True
EPOCHS, LR = 1, 3e-3
BN_IMAGES = 1000
PATCHES = 2000


class Stages(NamedTuple):
    """Validation accuracy in percent: as pruned, after BN re-estimation, after fine-tuning."""

    pruned: float
    reestimated: float
    finetuned: float


def layer_costs(net: nn.Module, input_shape: tuple[int, ...] = (1, 28, 28)) -> list[tuple[str, int, int]]:
    """Name, parameters and MACs of every convolution and linear layer, in the order of the network.

    Source: effdl.cost
    """
    rows = []
    for name, layer in net.named_modules():
        if isinstance(layer, (nn.Conv2d, nn.Linear)):
            output = capture.activations(net, [name], torch.zeros(1, *input_shape))[name]
            rows.append((name, cost.parameters(layer), output.numel() * layer.weight[0].numel()))
    return rows


def masks(net: nn.Module, granularity: str, sparsity: float, *, generator: torch.Generator | None = None) -> dict:
    """A mask (True = kept) for each prunable layer, all at one sparsity; "random" drops single weights by lot.

    Shapes: -> {layer: mask with one entry a group}
    Raises: ValueError if granularity is none of GRANULARITIES
    Source: Mao et al. 2017, arXiv:1705.08922
    """
    return {name: _mask(w, granularity, sparsity, generator) for name, w in masking.prunable(net).items()}


def half_masks(w: Tensor) -> dict[str, Tensor]:
    """The masks of one weight at 50 %, by granularity, each as large as the weight (True = kept).

    "4:9 pattern" keeps 44 %: each 3 x 3 kernel takes the best of its four 2 x 2 corners.

    Shapes: w (co, ci, 3, 3) -> {granularity: bool like w}
    Source: Mao et al. 2017, arXiv:1705.08922; Niu et al. 2020, arXiv:2001.00138
    """
    shape = tuple(w.shape)
    found = {name: pruning.expand_mask(_mask(w, name, 0.5, None), shape) for name in GRANULARITIES[:-1]}
    return found | {"4:9 pattern": pruning.pattern_mask(w, CORNERS)}


def measure(net: nn.Module, chosen: Mapping[str, Tensor], seen: Split, held_out: Split, *, seed: int) -> Stages:
    """Accuracy on `held_out` of a copy of `net` under the chosen masks, at the three stages; `seen` repairs it.

    Shapes: chosen {layer: mask}, empty for a network that is smaller already
    Source: Han et al. 2015, section 3, arXiv:1506.02626
    """
    copied = masking.apply_(copy.deepcopy(net), chosen)
    pruned = train.accuracy(copied, held_out)
    train.reestimate_bn_(copied, seen.images[:BN_IMAGES])
    masking.apply_(copied, chosen)
    reestimated = train.accuracy(copied, held_out)
    finetune_(copied, chosen, seen, seed=seed)
    return Stages(pruned, reestimated, train.accuracy(copied, held_out))


def finetune_(net: nn.Module, chosen: Mapping[str, Tensor], seen: Split, *, seed: int) -> nn.Module:
    """Train a pruned network on for an epoch, its masks applied again after each step.

    Shapes: chosen {layer: mask}
    Source: Han et al. 2015, section 3, arXiv:1506.02626
    """
    generator = torch.Generator().manual_seed(seed)
    hook = masking.keep_applied(chosen)
    train.fit(net, seen, epochs=EPOCHS, lr=LR, generator=generator, after_step=hook, progress=False)
    return net


def keep_channels(found: Mapping[str, evidence.Evidence], criterion: str, sparsity: float) -> dict[str, Tensor]:
    """The inner channels that each block keeps by a criterion (True = kept).

    Shapes: -> {"blocks.0.conv1": (c,) bool, ...}
    Source: Li et al. 2017, arXiv:1608.08710
    """
    scored = [evidence.score(block, criterion) for block in found.values()]
    return {f"blocks.{i}.conv1": pruning.mask_from_scores(s, sparsity) for i, s in enumerate(scored)}


def shrink(
    net: nn.Module, found: Mapping[str, evidence.Evidence], method: str, sparsity: float, seen: Split
) -> nn.Module:
    """A really smaller copy of the network, its inner channels chosen by one of METHODS.

    Shapes: seen.images (n, 1, 28, 28), for the patches of a refit
    Source: Li et al. 2017, arXiv:1608.08710; He et al. 2017, arXiv:1707.06168
    """
    criterion, _, repair = method.partition(" + ")
    if not repair:
        return masking.shrink_blocks(net, keep_channels(found, criterion, sparsity), pruning.shrink_pair)
    mended = copy.deepcopy(net)
    keeps = keep_channels(found, "magnitude L1", sparsity)
    for i, (name, keep) in enumerate(keeps.items()):
        generator = torch.Generator().manual_seed(i)
        x, y = capture.patches(net, f"blocks.{i}.conv2", seen.images, n_samples=PATCHES, generator=generator)
        weight = mended.blocks[i].conv2.weight
        w = weight.detach().flatten(2)
        if criterion == "LASSO":
            keep, _ = saliency.lasso_path(x, y, w, int(keep.sum()))
        weight.data.copy_(saliency.refit(x, y, w, keep).reshape(weight.shape))
        keeps[name] = keep
    return masking.shrink_blocks(mended, keeps, pruning.shrink_pair)


def one_shot(net: nn.Module, scores: Mapping[str, Tensor], sparsity: float, held_out: Split) -> float:
    """Accuracy in percent of a copy of `net` that keeps the highest scores of each layer, nothing repaired.

    Shapes: scores {layer: like its weight}
    Source: Han et al. 2015, arXiv:1506.02626
    """
    chosen = {name: pruning.mask_from_scores(score, sparsity) for name, score in scores.items()}
    return train.accuracy(masking.apply_(copy.deepcopy(net), chosen), held_out)


def bn_leak(block: nn.Module, keep: Tensor) -> tuple[Tensor, float, float]:
    """What a block's dropped channels still put out with only their weights masked, and two errors of masking.

    The errors are the largest differences of conv2's output from the shrunk layers': weights masked, and gamma and
    beta masked too.

    Shapes: keep (c,), bool, True = kept -> the constant after BN and ReLU (c,), two floats
    Source: Li et al. 2017, section 3.1, arXiv:1608.08710
    """
    conv1, bn, conv2 = copy.deepcopy((block.conv1, block.bn1, block.conv2))
    small1, small_bn, small2 = pruning.shrink_pair(conv1, bn, conv2, keep)
    x = torch.rand(1, conv1.in_channels, 7, 7, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        truth = small2(F.relu(small_bn(small1(x))))
        conv1.weight[~keep] = 0
        leak = F.relu(bn(torch.zeros(1, len(keep), 1, 1))).flatten()
        weights_only = (conv2(F.relu(bn(conv1(x)))) - truth).abs().max().item()
        bn.weight[~keep] = bn.bias[~keep] = 0
        all_three = (conv2(F.relu(bn(conv1(x)))) - truth).abs().max().item()
    return leak, weights_only, all_three


def reconstruction(net: nn.Module, layer: str, seen: Split, counts: Sequence[int]) -> dict[str, list[float]]:
    """Relative squared output error of a layer with so many input channels kept, by choice and with or without refit.

    Shapes: -> {way: one error for each of counts}
    Source: He et al. 2017, arXiv:1707.06168
    """
    x, y = capture.patches(net, layer, seen.images, n_samples=PATCHES, generator=torch.Generator().manual_seed(0))
    w = net.get_submodule(layer).weight.detach().flatten(2)
    by_size = w.abs().sum((0, 2))
    by_lot = torch.rand(len(by_size), generator=torch.Generator().manual_seed(0))
    ways: dict[str, list[float]] = {"random + refit": [], "L1": [], "L1 + refit": [], "LASSO + refit": []}
    for count in counts:
        share = 1 - count / len(by_size)
        large, lot = pruning.mask_from_scores(by_size, share), pruning.mask_from_scores(by_lot, share)
        lasso, _ = saliency.lasso_path(x, y, w, count)
        ways["L1"].append(_error(x, y, w * large[None, :, None]))
        for way, keep in (("random", lot), ("L1", large), ("LASSO", lasso)):
            ways[f"{way} + refit"].append(_error(x, y, saliency.refit(x, y, w, keep)))
    return ways


def _error(x: Tensor, y: Tensor, w: Tensor) -> float:
    missing = y - torch.einsum("nck,ock->no", x, w)
    return float(missing.square().sum() / y.square().sum())


def _mask(w: Tensor, granularity: str, sparsity: float, generator: torch.Generator | None) -> Tensor:
    if granularity not in GRANULARITIES:
        raise ValueError(f"masks: granularity must be one of {GRANULARITIES}, got {granularity!r}")
    if granularity == "2:4":
        return pruning.nm_mask(w, 2, 4)
    if granularity == "random":
        return pruning.mask_from_scores(torch.rand(w.shape, generator=generator), sparsity)
    return pruning.mask_from_scores(pruning.group_scores(w, granularity, 1), sparsity)
