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
from collections.abc import Mapping
from typing import NamedTuple

import torch
from torch import Tensor, nn

from effdl import capture, cost, masking, pruning, train
from effdl.curves import STAGES
from effdl.curves import load as load_curves
from effdl.data import Split

__all__ = [
    "FORMATS", "GRANULARITIES", "STAGES", "Stages", "finetune_", "half_masks", "layer_costs", "load_curves", "masks",
    "measure", "one_shot",
]  # fmt: skip

GRANULARITIES = ("fine", "2:4", "vector", "kernel", "channel", "random")
FORMATS = {"fine": "bitmask", "2:4": "n:m", "random": "bitmask"} | dict.fromkeys(("vector", "kernel"), "bitmask")
FORMATS["channel"] = "compact"
# the four 2 x 2 corners of a 3 x 3 kernel: (4, 3, 3), True = kept
CORNERS = torch.zeros(4, 3, 3, dtype=torch.bool)
for _index, (_row, _column) in enumerate(((0, 0), (0, 1), (1, 0), (1, 1))):
    CORNERS[_index, _row : _row + 2, _column : _column + 2] = True
EPOCHS, LR = 1, 3e-3
BN_IMAGES = 1000


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


def one_shot(net: nn.Module, scores: Mapping[str, Tensor], sparsity: float, held_out: Split) -> float:
    """Accuracy in percent of a copy of `net` that keeps the highest scores of each layer, nothing repaired.

    Shapes: scores {layer: like its weight}
    Source: Han et al. 2015, arXiv:1506.02626
    """
    chosen = {name: pruning.mask_from_scores(score, sparsity) for name, score in scores.items()}
    return train.accuracy(masking.apply_(copy.deepcopy(net), chosen), held_out)


def _mask(w: Tensor, granularity: str, sparsity: float, generator: torch.Generator | None) -> Tensor:
    if granularity not in GRANULARITIES:
        raise ValueError(f"masks: granularity must be one of {GRANULARITIES}, got {granularity!r}")
    if granularity == "2:4":
        return pruning.nm_mask(w, 2, 4)
    if granularity == "random":
        return pruning.mask_from_scores(torch.rand(w.shape, generator=generator), sparsity)
    return pruning.mask_from_scores(pruning.group_scores(w, granularity, 1), sparsity)
