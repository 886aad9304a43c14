"""Gather what a channel criterion may look at, and the truth that it has to predict.

For each residual block the channels between conv1 and conv2 are the ones that can be removed. Their evidence: conv1's
weights, its per-sample gradients, the activations after ReLU, and the true change of the loss when one channel alone is
taken out (its gamma and beta set to zero). If that lifts the loss from 0.30 to 0.34, the change is 0.04.

What this leaves out: the joint effect of removing several channels, which is not the sum of the single ones.

Sources: Molchanov et al. 2017, section 3 (the oracle of single removals), arXiv:1611.06440
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from effdl import capture, pruning, saliency, train
from effdl.data import Split

__all__ = ["CRITERIA", "Evidence", "collect", "loss_changes", "score"]

CRITERIA = ("magnitude L1", "magnitude L2", "SNIP", "Taylor", "Fisher", "APoZ", "entropy", "random")
REFERENCES: dict[str, Callable[..., Tensor]] = {
    "group_scores": pruning.group_scores,
    "saliency": saliency.saliency,
    "apoz": saliency.apoz,
    "channel_entropy": saliency.channel_entropy,
}
ENTROPY_BINS = 32
RANDOM_SEED = 3


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


def _loss(net: nn.Module, split: Split) -> float:
    return F.cross_entropy(train.logits(net, split.images), split.labels).item()
