"""Prune before training: score the weights of a fresh network from one batch.

SNIP keeps the weights with the largest |w g|: without them the loss changes most. GraSP asks what a weight does to the
gradient: |g|^2 falls by 2 w (H g) to first order when it goes (H the Hessian), and where the gradient is lost nothing
is learned. Its score is S = -w * (H g), and the weights of largest S are pruned: they are in the way. For the loss
w1^2 / 2 + 2 w2^2 at (1, 1), g = (1, 4) and H g = (1, 16): S = (-1, -16), so w1 goes first.

What this leaves out: GraSP's temperature on the logits, and its two batches; SNIP in several rounds, which keeps layers
from running empty. Both need the whole gradient at once, in memory.

Sources: Wang, Zhang and Grosse 2020, arXiv:2002.07376; Lee et al. 2019, arXiv:1810.02340; Pearlmutter 1994 (H g).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import torch
from torch import Tensor, nn
from torch.func import functional_call

from effdl import masking, pruning

__all__ = ["METHODS", "global_masks", "grasp_scores", "initial_scores", "loss_of_weights", "measured_change"]

METHODS = ("SNIP", "GraSP", "magnitude", "random")
Tensors = dict[str, Tensor]


def grasp_scores(loss: Callable[[dict[str, Tensor]], Tensor], weights: dict[str, Tensor]) -> dict[str, Tensor]:
    """Score every weight by S = -w * (H g), where g is the gradient of the loss and H its Hessian, over all layers.

    `loss(weights)` gives the loss of the network with these weights, a scalar, and can be differentiated twice. H is
    the Hessian in the weights of all layers together: (H g) of one layer depends on the g of the others. No second
    derivative is stored: H g is the gradient of the product g . g', with g' = g held fixed. The weights of largest S
    are those to prune. `weights` stay as they are, without gradients.

    Shapes: weights {layer: (...)} -> {layer: like its weights}, detached
    Source: Wang et al. 2020, eq. 8, arXiv:2002.07376

    >>> grasp_scores(lambda w: (w["fc"] ** 2 * torch.tensor([0.5, 2.0])).sum(), {"fc": torch.ones(2)})
    {'fc': tensor([ -1., -16.])}
    """
    inputs = {name: weight.detach().requires_grad_() for name, weight in weights.items()}
    gradients = torch.autograd.grad(loss(inputs), [*inputs.values()], create_graph=True)
    product = sum((gradient * gradient.detach()).sum() for gradient in gradients)
    curved = torch.autograd.grad(product, [*inputs.values()])
    return {name: -weights[name].detach() * hg for name, hg in zip(inputs, curved, strict=True)}


def loss_of_weights(net: nn.Module, x: Tensor, y: Tensor) -> Callable[[Tensors], Tensor]:
    """The cross entropy on one batch as a function of the prunable layers' weights; the rest of `net` stays fixed.

    Batch normalization uses the batch's statistics, as in training, without keeping them.

    Shapes: x (n, ...), y (n,) -> a function {layer: weight} -> ()
    Source: ours
    """
    fixed = {name: value.clone() for name, value in net.state_dict().items()}

    def loss(weights: Tensors) -> Tensor:
        changed = {f"{name}.weight": weight for name, weight in weights.items()}
        net.train()
        try:
            logits = functional_call(net, {name: value.clone() for name, value in fixed.items()} | changed, (x,))
        finally:
            net.eval()
        return nn.functional.cross_entropy(logits, y)

    return loss


def measured_change(
    loss: Callable[[Tensors], Tensor], weights: Tensors, layer: str, place: int, *, epsilon: float
) -> float:
    """What S says of one weight, by finite differences: the change of |g|^2 when it shrinks by epsilon, over 2 epsilon.

    Shapes: weights {layer: (...)}; place: the weight's index in its layer, flattened
    Error:  of the order of epsilon^2, the difference being a central one
    Source: Wang et al. 2020, eq. 6, arXiv:2002.07376
    """
    norms = []
    for factor in (1 - epsilon, 1 + epsilon):
        moved = {name: weight.detach().clone() for name, weight in weights.items()}
        moved[layer].view(-1)[place] *= factor
        inputs = {name: weight.requires_grad_() for name, weight in moved.items()}
        gradients = torch.autograd.grad(loss(inputs), list(inputs.values()))
        norms.append(float(sum(gradient.square().sum() for gradient in gradients)))
    return (norms[0] - norms[1]) / (4 * epsilon)


def initial_scores(
    net: nn.Module,
    method: str,
    x: Tensor,
    y: Tensor,
    *,
    generator: torch.Generator,
    grasp: Callable[..., Tensors] = grasp_scores,
) -> Tensors:
    """Score the prunable weights of a fresh network by one of METHODS: high = keep, comparable across layers.

    Shapes: x (n, ...), y (n,) -> {layer: like its weights}
    Raises: ValueError if the method is none of METHODS
    Source: Lee et al. 2019, eq. 6, arXiv:1810.02340; Wang et al. 2020, arXiv:2002.07376
    """
    weights, loss = masking.prunable(net), loss_of_weights(net, x, y)
    if method == "GraSP":
        return {name: -score for name, score in grasp(loss, weights).items()}
    if method == "SNIP":
        inputs = {name: weight.clone().requires_grad_() for name, weight in weights.items()}
        gradients = torch.autograd.grad(loss(inputs), list(inputs.values()))
        return {name: (weights[name] * g).abs() for name, g in zip(inputs, gradients, strict=True)}
    if method == "magnitude":
        return {name: weight.abs() for name, weight in weights.items()}
    if method == "random":
        return {name: torch.rand(weight.shape, generator=generator) for name, weight in weights.items()}
    raise ValueError(f"initial_scores: method must be one of {METHODS}, got {method!r}")


def global_masks(scores: Mapping[str, Tensor], sparsity: float) -> Tensors:
    """Keep the highest scores (True = kept) of all layers together, so that layers lose different shares.

    Shapes: scores {layer: (...)} -> {layer: (...), bool}
    Source: Lee et al. 2019, algorithm 1, arXiv:1810.02340
    """
    flat = pruning.mask_from_scores(torch.cat([score.flatten() for score in scores.values()]), sparsity)
    parts = flat.split([score.numel() for score in scores.values()])
    return {name: part.reshape(scores[name].shape) for name, part in zip(scores, parts, strict=True)}
