"""Let the training itself push weights towards zero: ADMM for single weights, slimming for channels.

ADMM asks for W that both fits the data and lies among the sparse tensors. It keeps a sparse copy Z and the running sum
U of their differences, and repeats: train W a little on loss + rho/2 |W - Z + U|^2; set Z to the sparse tensor nearest
to W + U; add W - Z to U. With W = [3, -1], U = [0, -4] and one weight kept, W + U = [3, -5], Z = [0, -5], and U becomes
[3, 0]. Slimming adds lambda * sum |gamma| over the scales of batch normalization and drops the smallest of all layers.

What this leaves out: other sets than "so many zeros" (filters, quantized values: only the projection changes), and
convergence, which is not proven for networks. The penalties act after the optimizer's step, as AdamW's weight decay.

Sources: Zhang et al. 2018, arXiv:1804.03294; Liu et al. 2017, Network Slimming, arXiv:1708.06519; Boyd et al. 2011.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import torch
from torch import Tensor, nn

from effdl import pruning

__all__ = ["admm_step", "pull_", "slimming_keeps", "soften_"]


def admm_step(w: Tensor, u: Tensor, sparsity: float) -> tuple[Tensor, Tensor]:
    """Project W + U on the tensors with round(n * (1 - sparsity)) weights that may differ from zero, and update U.

    Z holds the entries of W + U that are largest in magnitude, so many of them, and 0 elsewhere; which of equal ones is
    up to you. The new U is U + W - Z. `round` is Python's; `w` and `u` stay as they are.

    Shapes: w (...), u like w -> z, new u, both like w
    Error:  no tensor with so many zeros is nearer to w + u than z
    Source: Zhang et al. 2018, eq. 8 to 10, arXiv:1804.03294

    >>> admm_step(torch.tensor([3.0, -1.0]), torch.tensor([0.0, -4.0]), sparsity=0.5)
    (tensor([ 0., -5.]), tensor([3., 0.]))
    """
    target = w + u
    z = target * pruning.mask_from_scores(target.abs(), sparsity)
    return z, target - z


def pull_(weights: Mapping[str, Tensor], pairs: Mapping[str, tuple[Tensor, Tensor]], strength: float) -> None:
    """Move each W a little towards Z - U, in place: a gradient step on rho/2 |W - Z + U|^2; strength = rate * rho.

    Shapes: weights {layer: W}, pairs {layer: (Z, U)}, each like W
    Source: Zhang et al. 2018, eq. 7, arXiv:1804.03294
    """
    for name, (z, u) in pairs.items():
        weights[name].sub_(strength * (weights[name] - z + u))


def soften_(scale: float, names: tuple[str, ...]) -> Callable[[nn.Module], None]:
    """A hook for `train.fit(after_step=...)`: L1 on the gammas of the named batch norms, as a step towards zero.

    Each gamma moves by `scale` towards zero and stops there: rate * lambda of lambda * sum |gamma|.

    Source: Liu et al. 2017, eq. 1, arXiv:1708.06519
    """

    def after_step(net: nn.Module) -> None:
        for name in names:
            gamma = net.get_submodule(name).weight.data
            gamma.copy_(gamma.sign() * (gamma.abs() - scale).clamp(min=0))

    return after_step


def slimming_keeps(gammas: Mapping[str, Tensor], sparsity: float) -> dict[str, Tensor]:
    """Which channels stay (True = kept) when one threshold on |gamma| holds for all layers together.

    A layer that would lose all keeps its largest, so that the network stays connected.

    Shapes: gammas {layer: (c,)} -> {layer: (c,), bool}
    Source: Liu et al. 2017, section 3, arXiv:1708.06519
    """
    sizes = [len(gamma) for gamma in gammas.values()]
    together = pruning.mask_from_scores(torch.cat([gamma.abs() for gamma in gammas.values()]), sparsity)
    keeps = dict(zip(gammas, together.split(sizes), strict=True))
    return {name: keep | (gammas[name].abs() == gammas[name].abs().max()) & ~keep.any() for name, keep in keeps.items()}
