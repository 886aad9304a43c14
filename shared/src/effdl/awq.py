"""Protect the weights that matter when only weights are quantized: activation-aware weight quantization.

The error of y = x w^T is x times the rounding error of w, so that a weight matters as much as the activations it meets:
those of about 1 % of the input channels. Keeping these columns in 16 bits repairs most of the damage, in a layout that
hardware dislikes. Scaling does it without: quantize w * s and divide x by s. The step of a group hardly changes, so the
error of a scaled column shrinks by 1 / s. s = mean|x|^alpha; alpha is found by trying 20 values on the layer's output.

What this leaves out: the paper also searches a clipping range for each group, and folds 1 / s into the operation before
where it can; here the division may stand before the layer.

Sources: Lin et al. 2024, AWQ, arXiv:2306.00978, and its code, https://github.com/mit-han-lab/llm-awq.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

__all__ = ["awq_search", "mixed", "relative_error", "salient_channels"]


def salient_channels(x: Tensor, w: Tensor, fraction: float, by: str = "activation") -> Tensor:
    """The input channels to keep in 16 bits: the given fraction of them with the largest mean magnitude.

    "activation" ranks by mean |x| over tokens, "weight" by mean |w| over output channels. max(1, round(fraction * ci))
    channels are kept, `round` as in Python.

    Shapes: x (T, ci), w (co, ci) -> (ci,), bool, True = kept
    Raises: ValueError if fraction is outside [0, 1], or `by` is another word
    Source: Lin et al. 2024, section 3.1, arXiv:2306.00978

    >>> salient_channels(torch.tensor([[1.0, -5.0], [-1.0, 5.0]]), torch.tensor([[3.0, 2.0]]), 0.5).tolist()
    [False, True]
    """
    if by not in ("activation", "weight") or not 0 <= fraction <= 1:
        raise ValueError(f"salient_channels: fraction must be in [0, 1], by a known word; got {fraction}, {by!r}")
    importance = (x if by == "activation" else w).abs().mean(0)
    n_keep = max(1, round(fraction * len(importance)))
    keep = torch.zeros_like(importance, dtype=torch.bool)
    keep[importance.topk(n_keep).indices] = True
    return keep


def mixed(w: Tensor, w_quantized: Tensor, keep: Tensor) -> Tensor:
    """Mixed precision: the columns that `keep` marks as they were, the others quantized.

    Shapes: w, w_quantized (co, ci), keep (ci,), bool, True = kept -> (co, ci)
    Source: Lin et al. 2024, section 3.1, arXiv:2306.00978
    """
    return torch.where(keep, w, w_quantized)


def awq_search(
    x: Tensor, w: Tensor, pseudo_quantize: Callable[[Tensor], Tensor], n_grid: int = 20
) -> tuple[float, Tensor]:
    """The exponent and the scales with which quantizing w * s and dividing x by s changes the output least.

    Tried are alpha = k / n_grid for k = 0..n_grid. s = (mean |x| over tokens)^alpha, where a mean below 1e-4 counts as
    1e-4, divided by sqrt(max(s) * min(s)). The loss is the mean of (x / s @ pseudo_quantize(w * s)^T - x @ w^T)^2; of
    equal losses the smallest alpha counts. `pseudo_quantize` maps weights to rounded weights of the same shape.

    Shapes: x (T, ci), w (co, ci) -> alpha, s (ci,)
    Error:  the loss is at most that of rounding without scales, which is alpha = 0
    Source: Lin et al. 2024, eq. 4 and 5, arXiv:2306.00978

    >>> awq_search(torch.tensor([[1.0, 16.0]]), torch.tensor([[0.3, 0.6]]), torch.round, n_grid=2)[0]
    0.5
    """
    size, y = x.abs().mean(0).clamp(min=1e-4), x @ w.T
    best_loss, best = float("inf"), None
    for k in range(n_grid + 1):
        s = size ** (k / n_grid)
        s = s / (s.max() * s.min()).sqrt()
        loss = (x / s @ pseudo_quantize(w * s).T - y).square().mean().item()
        if loss < best_loss:
            best_loss, best = loss, (k / n_grid, s)
    return best


def relative_error(x: Tensor, w: Tensor, w_changed: Tensor) -> float:
    """How far a changed weight moves a layer's output: |x (w_changed - w)^T| / |x w^T|, Frobenius norms.

    Shapes: x (T, ci), w and w_changed (co, ci)
    Source: ours

    >>> relative_error(torch.eye(2), torch.eye(2), torch.zeros(2, 2))
    1.0
    """
    return (torch.linalg.norm(x @ (w_changed - w).T) / torch.linalg.norm(x @ w.T)).item()
