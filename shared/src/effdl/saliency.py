"""Say which weights or channels matter: from gradients, from activations, and by refitting what is left.

Removing a weight changes the loss by about -g w + 1/2 h w^2 (gradient g, curvature h). SNIP and Taylor take the first
term, the second-order score the second one with the mean of the squared per-sample gradients in the place of h. With
w = 2 and gradients 3 and -1, the mean is 1 and that of the squares 5: |g w| = 2, and 1/2 * 5 * 4 = 10. APoZ and entropy
look at what a channel says; `lasso_path` and `refit` choose channels and then mend the layer that reads them.

Left out: SNIP's normalization over all layers of a network (here one tensor), curvature off the diagonal. The mean of
squared gradients is the empirical Fisher diagonal and not the Hessian: a squared error with residuals of size r scales
it by r^2, so it ranks weights within a layer better than it predicts the loss.

Sources: Lee et al. 2019, arXiv:1810.02340; Molchanov et al. 2019, arXiv:1906.10771; LeCun et al. 1989 (optimal brain
damage); Hu et al. 2016, arXiv:1607.03250; Luo and Wu 2017, arXiv:1706.05791; He et al. 2017, arXiv:1707.06168.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

__all__ = ["apoz", "channel_entropy", "lasso_path", "refit", "saliency"]


def saliency(w: Tensor, g: Tensor, kind: str) -> Tensor:
    """Score weights or filters by what the loss would lose with them, from the gradient g of each of n samples.

    With G = mean over the samples of g:
    "snip"   |w * G| / (sum of |w * G| over all weights), for each weight; all zero where that sum is zero
    "taylor" |sum of w * G over the filter|, for each filter
    "fisher" 1/2 * mean over the samples of g^2 * w^2, for each weight
    `w` and `g` stay as they are; the scores have the dtype of w.

    Shapes: w (co, ci, kh, kw), g (n, co, ci, kh, kw) -> snip and fisher (co, ci, kh, kw), taylor (co,)
    Raises: ValueError if kind is none of the three words
    Source: Lee et al. 2019, arXiv:1810.02340; Molchanov et al. 2019, arXiv:1906.10771; LeCun et al. 1989

    >>> saliency(torch.full((1, 1, 1, 1), 2.0), torch.tensor([3.0, -1.0]).reshape(2, 1, 1, 1, 1), "fisher")
    tensor([[[[10.]]]])
    """
    loss_change = w * g.mean(0)
    if kind == "snip":
        total = loss_change.abs().sum()
        return loss_change.abs() / total if total > 0 else torch.zeros_like(w)
    if kind == "taylor":
        return loss_change.sum((1, 2, 3)).abs()
    if kind == "fisher":
        return 0.5 * g.square().mean(0) * w.square()
    raise ValueError(f"saliency: kind must be snip, taylor or fisher, not {kind!r}")


def apoz(a: Tensor) -> Tensor:
    """The average share of zeros of each channel, over all images and all places, after ReLU.

    `a` stays as it is; the shares have its dtype.

    Shapes: a (n, c, h, w) -> (c,)
    Source: Hu et al. 2016, eq. 1, arXiv:1607.03250

    >>> apoz(torch.tensor([[[[0.0, 2.0]], [[5.0, 5.0]]]]))
    tensor([0.5000, 0.0000])
    """
    return (a == 0).to(a.dtype).mean((0, 2, 3))


def channel_entropy(a: Tensor, bins: int) -> Tensor:
    """The entropy, in nats, of how each channel's mean activation spreads over the images.

    The mean over h and w of each channel of each image falls into one of `bins` equal bins. They divide ONE range, from
    the smallest to the largest of these n * c means: the whole layer's, not the channel's. A bin holds its lower edge,
    the last one the largest mean too. H = -sum of p log p over the bins, p = the share of the n images in a bin and
    0 log 0 = 0. If all n * c means are equal H is 0. `a` stays as it is; H has its dtype.

    Shapes: a (n, c, h, w) -> (c,)
    Source: Luo and Wu 2017, section 3.2, arXiv:1706.05791

    >>> channel_entropy(torch.tensor([[0.0, 5.0], [8.0, 5.0]]).reshape(2, 2, 1, 1), bins=4)
    tensor([0.6931, 0.0000])
    """
    means = a.mean((2, 3))
    low, high = means.min(), means.max()
    if low == high:
        return torch.zeros_like(means[0])
    index = ((means - low) / (high - low) * bins).long().clamp(max=bins - 1)
    # (n, c) -> (n, c, bins) -> (c, bins)
    share = F.one_hot(index, bins).to(a.dtype).mean(0)
    return torch.special.entr(share).sum(1)


def refit(x: Tensor, y: Tensor, w: Tensor, keep: Tensor) -> Tensor:
    """Choose a layer's weights anew, by least squares, so that its kept input channels alone give back its outputs.

    The result w' minimizes the sum of |y_i - sum over c of x_ic w'_c^T|^2 over the n samples i, with w' = 0 in dropped
    channels. Where several w' do (a kept channel that is always zero, few samples), it is the one of smallest sum of
    squares: `torch.linalg.pinv` leads to that one, `torch.linalg.lstsq` only with driver="gelsd". It has the dtype of
    w; all inputs stay as they are.

    Shapes: x (n, ci, k): for each sample the k inputs under the kernel, y (n, co), w (co, ci, k), keep (ci,), bool,
            True = kept, at least one of them -> (co, ci, k)
    Error:  never larger than that of `w` with its dropped channels set to zero
    Source: He et al. 2017, eq. 4, arXiv:1707.06168

    >>> x = torch.tensor([[[1.0], [2.0]], [[2.0], [4.0]]])
    >>> refit(x, y=x.sum(1), w=torch.ones(1, 2, 1), keep=torch.tensor([True, False])).flatten().round()
    tensor([3., 0.])
    """
    # (n, ci, k) -> (n, kept * k)
    inputs = x[:, keep].flatten(1)
    solution = torch.linalg.pinv(inputs) @ y
    refitted = torch.zeros_like(w)
    # (kept * k, co) -> (co, kept, k)
    refitted[:, keep] = solution.T.reshape(len(w), -1, x.shape[2])
    return refitted


def lasso_path(x: Tensor, y: Tensor, w: Tensor, n_keep: int) -> tuple[Tensor, Tensor]:
    """Choose input channels by the LASSO: min |y - sum_c beta_c x_c w_c^T|^2 / 2 + penalty * sum |beta_c|.

    As the penalty falls from where every beta is zero, channels join (and may leave again). The path stops just before
    channel n_keep + 1 would join, or at penalty zero. True = kept = beta is not zero. Between two knots the betas move
    on straight lines, so that the correlations of all joined channels fall alike.

    Shapes: x (n, ci, k), y (n, co), w (co, ci, k) -> keep (ci,), bool; beta (ci,), float64
    Source: He et al. 2017, eq. 2, arXiv:1707.06168; Efron et al. 2004 (least angle regression)
    """
    # what each channel adds to the output: (ci, n * co)
    parts = torch.einsum("nck,ock->cno", x.double(), w.double()).flatten(1)
    gram, target = parts @ parts.T, parts @ y.double().flatten()
    beta = torch.zeros_like(target)
    penalty, joined = target.abs().max(), torch.zeros_like(target, dtype=torch.bool)
    changed = target.abs().argmax() if n_keep > 0 else None
    while changed is not None and (joined[changed] or joined.sum() < n_keep):
        joined[changed] = ~joined[changed]
        beta, penalty, changed = _next_knot(gram, target, beta, joined, penalty)
    return joined, beta


def _next_knot(
    gram: Tensor, target: Tensor, beta: Tensor, joined: Tensor, penalty: Tensor
) -> tuple[Tensor, Tensor, Tensor | None]:
    """Go to where a channel joins or leaves: beta and penalty there, the channel (None at penalty zero)."""
    correlation = target - gram @ beta
    direction = torch.zeros_like(beta)
    direction[joined] = torch.linalg.solve(gram[joined][:, joined], correlation[joined].sign())
    fall = gram @ direction
    # a channel joins where |correlation - step * fall| = penalty - step, it leaves where its beta gets to zero
    joins = torch.stack([(penalty - correlation) / (1 - fall), (penalty + correlation) / (1 + fall)])
    steps = torch.cat([joins.masked_fill(joined, torch.inf), (-beta / direction).masked_fill(~joined, torch.inf)[None]])
    # the channel that has just joined or left would do so again after a step of zero
    steps = steps.masked_fill(~(steps > 1e-12 * penalty), torch.inf)
    step = torch.minimum(steps.min(), penalty)
    changed = steps.flatten().argmin() % len(beta) if step < penalty else None
    return beta + step * direction, penalty - step, changed
