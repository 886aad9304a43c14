"""Judge, choose and remove the inner channels of a network's residual blocks.

For each residual block the channels between conv1 and conv2 are the ones that can be removed. Their evidence: conv1's
weights, its per-sample gradients, the activations after ReLU, and the true change of the loss when one channel alone is
taken out (its gamma and beta set to zero). If that lifts the loss from 0.30 to 0.34, the change is 0.04.

What this leaves out: the joint effect of removing several channels, which is not the sum of the single ones; and He et
al.'s order, which refits each layer on the network that is pruned already, where ours looks at the original one.

Sources: Molchanov et al. 2017, section 3 (the oracle of single removals), arXiv:1611.06440; He et al. 2017 (LASSO, then
refit), arXiv:1707.06168; Li et al. 2017, arXiv:1608.08710
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from effdl import capture, masking, pruning, saliency, train
from effdl.data import Split

__all__ = [
    "CRITERIA", "METHODS", "REFERENCES", "Evidence", "bn_leak", "collect", "loss_changes", "reconstruction", "score",
    "shrink",
]  # fmt: skip

CRITERIA = ("magnitude L1", "magnitude L2", "SNIP", "Taylor", "Fisher", "APoZ", "entropy", "random")
METHODS = (*CRITERIA, "L1 + refit", "LASSO + refit")
REFERENCES: dict[str, Callable[..., Tensor]] = {
    "group_scores": pruning.group_scores,
    "saliency": saliency.saliency,
    "apoz": saliency.apoz,
    "channel_entropy": saliency.channel_entropy,
}
ENTROPY_BINS = 32
RANDOM_SEED = 3
PATCHES = 2000


@dataclass(frozen=True)
class Evidence:
    """One block's c inner channels: weight (c, ci, kh, kw), gradients (n, c, ci, kh, kw), activations (n, c, h, w)."""

    name: str
    weight: Tensor
    gradients: Tensor
    activations: Tensor
    loss_change: Tensor  # (c,), true for each channel removed alone


def collect(net: nn.Module, seen: Split, held_out: Split) -> dict[str, Evidence]:
    """The evidence of every residual block, by name: gradients and activations on `seen`, loss changes on `held_out`.

    Shapes: images (n, 1, 28, 28) -> {"block 1": Evidence, ...}
    Source: Molchanov et al. 2017, arXiv:1611.06440
    """
    count = len(net.blocks)
    convs, norms = [[f"blocks.{i}.{part}" for i in range(count)] for part in ("conv1", "bn1")]
    gradients = capture.per_sample_gradients(net, convs, seen.images, seen.labels)
    outputs = capture.activations(net, norms, seen.images)
    return {
        f"block {i + 1}": Evidence(
            name=f"block {i + 1}",
            weight=net.blocks[i].conv1.weight.detach().clone(),
            gradients=gradients[convs[i]],
            activations=F.relu(outputs[norms[i]]),
            loss_change=loss_changes(net, i, held_out),
        )
        for i in range(count)
    }


def loss_changes(net: nn.Module, block: int, split: Split) -> Tensor:
    """How much the mean cross entropy grows when one inner channel of a block is removed, for each channel.

    Shapes: split.images (n, 1, 28, 28) -> (c,)
    Source: Molchanov et al. 2017, section 3.1, arXiv:1611.06440
    """
    probe = copy.deepcopy(net)
    norm = probe.blocks[block].bn1
    gamma, beta = norm.weight.data.clone(), norm.bias.data.clone()
    losses = [_loss(probe, split)]
    for channel in range(len(gamma)):
        norm.weight.data[channel] = norm.bias.data[channel] = 0
        losses.append(_loss(probe, split))
        norm.weight.data[channel], norm.bias.data[channel] = gamma[channel], beta[channel]
    return torch.tensor(losses[1:]) - losses[0]


def score(evidence: Evidence, criterion: str, functions: Mapping[str, Callable[..., Tensor]] = REFERENCES) -> Tensor:
    """One score a channel, high = keep, by the functions given; scores of weights are summed over the filter.

    Shapes: -> (c,)
    Raises: ValueError if the criterion is none of CRITERIA
    Source: Li et al. 2017, arXiv:1608.08710; Lee et al. 2019, arXiv:1810.02340; Hu et al. 2016, arXiv:1607.03250
    """
    if criterion not in CRITERIA:
        raise ValueError(f"score: criterion must be one of {CRITERIA}, got {criterion!r}")
    word = criterion.lower()
    if word == "random":
        return torch.rand(len(evidence.weight), generator=torch.Generator().manual_seed(RANDOM_SEED))
    if word.startswith("magnitude"):
        return functions["group_scores"](evidence.weight.clone(), "channel", int(word[-1]))
    if word == "apoz":
        return 1 - functions["apoz"](evidence.activations.clone())
    if word == "entropy":
        return functions["channel_entropy"](evidence.activations.clone(), ENTROPY_BINS)
    found = functions["saliency"](evidence.weight.clone(), evidence.gradients.clone(), word)
    return found.flatten(1).sum(1) if found.ndim > 1 else found


def shrink(net: nn.Module, found: Mapping[str, Evidence], method: str, sparsity: float, seen: Split) -> nn.Module:
    """A really smaller copy of the network, its inner channels chosen by one of METHODS.

    Shapes: seen.images (n, 1, 28, 28), for the patches of a refit
    Source: Li et al. 2017, arXiv:1608.08710; He et al. 2017, arXiv:1707.06168
    """
    criterion, _, repair = method.partition(" + ")
    if not repair:
        return masking.shrink_blocks(net, _keep(found, criterion, sparsity), pruning.shrink_pair)
    mended = copy.deepcopy(net)
    keeps = _keep(found, "magnitude L1", sparsity)
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


def _keep(found: Mapping[str, Evidence], criterion: str, sparsity: float) -> dict[str, Tensor]:
    """The inner channels that each block keeps by a criterion (True = kept).

    Shapes: -> {"blocks.0.conv1": (c,) bool, ...}
    Source: Li et al. 2017, arXiv:1608.08710
    """
    scored = [score(block, criterion) for block in found.values()]
    return {f"blocks.{i}.conv1": pruning.mask_from_scores(s, sparsity) for i, s in enumerate(scored)}


def _error(x: Tensor, y: Tensor, w: Tensor) -> float:
    missing = y - torch.einsum("nck,ock->no", x, w)
    return float(missing.square().sum() / y.square().sum())


def _loss(net: nn.Module, split: Split) -> float:
    return F.cross_entropy(train.logits(net, split.images), split.labels).item()
