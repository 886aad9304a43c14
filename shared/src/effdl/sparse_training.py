"""Train a network towards sparsity and measure what pruning then costs: ADMM for weights, slimming for channels.

Both start from the trained ResNet8 and spend the same epochs as their control. ADMM trains three epochs with a pull
towards a sparse copy that is renewed each third of an epoch, then prunes and trains one more; its control prunes first
and trains four. Where the pull has worked, pruning itself costs little: 88 % before and 87 % after it.

What this leaves out: a schedule for rho and lambda, which both papers tune for each network.

Sources: Zhang et al. 2018, arXiv:1804.03294; Liu et al. 2017, arXiv:1708.06519.
"""

from __future__ import annotations

import copy
from collections.abc import Callable

import torch
from torch import Tensor, nn

from effdl import admm, experiments, masking, sensitivity, train
from effdl.data import Split

__all__ = ["admm_masks", "by_admm", "by_magnitude", "finish", "slimmed", "slimming_gammas"]

EPOCHS, LR = 3, 3e-3
PULL, RENEW = 0.02, 26  # strength of a step's pull, steps between two projections
# with these W and U swing with a period of 2 pi sqrt(26 / 0.02) = 227 steps, almost the whole training
SLIM_EPOCHS, SOFTEN = 1, 5e-3  # a gamma's way to zero in a step: 0.39 in 78 steps
BN_IMAGES = 1000


def admm_masks(net: nn.Module, sparsity: float, project: Callable = admm.admm_step) -> tuple[dict, Callable]:
    """The pairs (Z, U) of all prunable layers at the start, and a hook that pulls the weights and renews the pairs.

    Shapes: -> {layer: (Z, U)}, a function of the network
    Source: Zhang et al. 2018, arXiv:1804.03294
    """
    weights = masking.prunable(net)
    pairs = {name: project(w.clone(), torch.zeros_like(w), sparsity) for name, w in weights.items()}
    steps = [0]

    def after_step(network: nn.Module) -> None:
        now = masking.prunable(network)
        admm.pull_(now, pairs, PULL)
        steps[0] += 1
        if steps[0] % RENEW == 0:
            pairs.update({name: project(w.clone(), pairs[name][1], sparsity) for name, w in now.items()})

    return pairs, after_step


def by_admm(
    net: nn.Module, sparsity: float, seen: Split, *, seed: int, project: Callable = admm.admm_step
) -> nn.Module:
    """A copy trained by ADMM towards one sparsity in each prunable layer, not pruned yet.

    Source: Zhang et al. 2018, arXiv:1804.03294
    """
    copied = copy.deepcopy(net)
    _, hook = admm_masks(copied, sparsity, project)
    _fit(copied, seen, EPOCHS, seed, hook)
    return copied


def by_magnitude(net: nn.Module, sparsity: float, seen: Split, *, seed: int) -> nn.Module:
    """The control: a copy pruned by magnitude at once, and trained as long as `by_admm` with its masks applied.

    Source: Han et al. 2015, arXiv:1506.02626
    """
    copied = copy.deepcopy(net)
    masks = sensitivity.layer_masks(copied, dict.fromkeys(masking.prunable(copied), sparsity))
    masking.apply_(copied, masks)
    _fit(copied, seen, EPOCHS, seed, masking.keep_applied(masks))
    return copied


def finish(net: nn.Module, sparsity: float, seen: Split, held_out: Split, *, seed: int) -> tuple[float, float, float]:
    """Accuracy in percent of a trained network before pruning by magnitude, after it, and after an epoch of training.

    Source: Han et al. 2015, arXiv:1506.02626
    """
    copied = copy.deepcopy(net)
    before = train.accuracy(copied, held_out)
    masks = sensitivity.layer_masks(copied, dict.fromkeys(masking.prunable(copied), sparsity))
    masking.apply_(copied, masks)
    pruned = train.accuracy(copied, held_out)
    experiments.finetune_(copied, masks, seen, seed=seed)
    return before, pruned, train.accuracy(copied, held_out)


def slimmed(net: nn.Module, seen: Split, *, scale: float, seed: int) -> nn.Module:
    """A copy trained on with L1 on the inner batch norms' gammas; scale 0 is the control.

    Source: Liu et al. 2017, arXiv:1708.06519
    """
    copied = copy.deepcopy(net)
    names = tuple(f"blocks.{i}.bn1" for i in range(len(net.blocks)))
    _fit(copied, seen, SLIM_EPOCHS, seed, admm.soften_(scale, names))
    return copied


def slimming_gammas(net: nn.Module) -> dict[str, Tensor]:
    """The inner batch norms' gammas, by the name of the convolution before them.

    Shapes: -> {"blocks.0.conv1": (c,), ...}
    Source: Liu et al. 2017, arXiv:1708.06519
    """
    return {f"blocks.{i}.conv1": block.bn1.weight.detach() for i, block in enumerate(net.blocks)}


def _fit(net: nn.Module, seen: Split, epochs: float, seed: int, hook: Callable[[nn.Module], object]) -> None:
    generator = torch.Generator().manual_seed(seed)
    train.fit(net, seen, epochs=epochs, lr=LR, generator=generator, after_step=hook, progress=False)
