"""Find how much each layer can lose: prune it alone, look at the accuracy, and read a ratio off the curve.

The scan prunes one layer by magnitude at rising ratios, with all other layers as they are, and measures each time. For
accuracies 90, 88 and 60 at the ratios 0.5, 0.7 and 0.9, a network at 91 that may lose 5 points takes 0.7 there. Layers
that bear more get a higher ratio than one ratio for all would give them.

What this leaves out: layers act together, so that the whole loses more than any layer alone; a layer's size does not
enter, so that a small layer may pay for little. The searches of `effdl.amc` and `effdl.netadapt` see both.

Sources: Li et al. 2017, section 3.2, arXiv:1608.08710; Han et al. 2015, section 3.3, arXiv:1506.02626.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import torch
from torch import nn

from effdl import masking, pruning

__all__ = ["layer_masks", "ratios_within", "sensitivity_scan", "total_sparsity"]


def sensitivity_scan(
    net: nn.Module, evaluate: Callable[[nn.Module], float], ratios: Sequence[float]
) -> dict[str, list[float]]:
    """Evaluate the network with one layer pruned, for each layer of `masking.prunable(net)` and each ratio.

    The ratio is the share of the layer's weights, those of smallest magnitude, that is zero while `evaluate(net)` runs;
    all other layers are then as they were. Afterwards the network is bit for bit as it was.

    Shapes: -> {layer: one value for each ratio}
    Source: Li et al. 2017, section 3.2, arXiv:1608.08710
    """
    found = {}
    for name, weight in masking.prunable(net).items():
        original = weight.clone()
        found[name] = []
        for ratio in ratios:
            weight.copy_(original * pruning.mask_from_scores(original.abs(), ratio))
            found[name].append(evaluate(net))
        weight.copy_(original)
    return found


def ratios_within(scan: Mapping[str, Sequence[float]], ratios: Sequence[float], floor: float) -> dict[str, float]:
    """Read off each layer's largest ratio up to which every tried value is at least `floor`; 0 if the first is not.

    `ratios` rise. A curve that falls below the floor and comes back is cut at its first fall.

    Shapes: scan {layer: one value for each of ratios} -> {layer: ratio}
    Source: Li et al. 2017, section 3.2, arXiv:1608.08710

    >>> ratios_within({"conv": [90.0, 88.0, 60.0]}, (0.5, 0.7, 0.9), floor=86.0)
    {'conv': 0.7}
    """
    found = {}
    for name, values in scan.items():
        found[name] = 0.0
        for ratio, value in zip(ratios, values, strict=True):
            if value < floor:
                break
            found[name] = ratio
    return found


def layer_masks(net: nn.Module, ratios: Mapping[str, float]) -> dict[str, torch.Tensor]:
    """Magnitude masks (True = kept), each layer at its own ratio of zeros.

    Shapes: ratios {layer: share of zeros} -> {layer: (co, ci, kh, kw), bool}
    Raises: KeyError if a name is no prunable layer
    Source: Han et al. 2015, arXiv:1506.02626
    """
    weights = masking.prunable(net)
    return {name: pruning.mask_from_scores(weights[name].abs(), ratio) for name, ratio in ratios.items()}


def total_sparsity(net: nn.Module, ratios: Mapping[str, float]) -> float:
    """The share of zeros in all prunable layers together: the mean of the ratios, weighted by the layers' sizes.

    Shapes: ratios {layer: share of zeros}, one for each prunable layer -> a float in [0, 1]
    Source: ours
    """
    sizes = {name: weight.numel() for name, weight in masking.prunable(net).items()}
    return sum(ratios[name] * size for name, size in sizes.items()) / sum(sizes.values())
