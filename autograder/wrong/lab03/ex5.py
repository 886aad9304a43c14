# %% wrong="snip is the size of the gradient alone; it is that of w times the gradient."
def saliency(w, g, kind):
    mean = g.mean(0)
    if kind == "snip":
        return mean.abs() / mean.abs().sum().clamp(min=1e-30)
    if kind == "taylor":
        return (w * mean).sum((1, 2, 3)).abs()
    if kind == "fisher":
        return 0.5 * g.square().mean(0) * w.square()
    raise ValueError(kind)


# %% wrong="snip is not divided by the sum over all weights."
def saliency(w, g, kind):
    change = w * g.mean(0)
    if kind == "snip":
        return change.abs()
    if kind == "taylor":
        return change.sum((1, 2, 3)).abs()
    if kind == "fisher":
        return 0.5 * g.square().mean(0) * w.square()
    raise ValueError(kind)


# %% wrong="snip keeps the sign of w * gradient; it is its absolute value that is divided by the sum."
def saliency(w, g, kind):
    change = w * g.mean(0)
    if kind == "snip":
        return change / change.abs().sum().clamp(min=1e-30)
    if kind == "taylor":
        return change.sum((1, 2, 3)).abs()
    if kind == "fisher":
        return 0.5 * g.square().mean(0) * w.square()
    raise ValueError(kind)


# %% wrong="snip is divided by the sum over each filter; it is the sum over all weights."
def saliency(w, g, kind):
    change = w * g.mean(0)
    if kind == "snip":
        return change.abs() / change.abs().sum((1, 2, 3), keepdim=True).clamp(min=1e-30)
    if kind == "taylor":
        return change.sum((1, 2, 3)).abs()
    if kind == "fisher":
        return 0.5 * g.square().mean(0) * w.square()
    raise ValueError(kind)


# %% wrong="The sizes of the per-sample gradients are averaged; first the mean of the gradients, then its size."
def saliency(w, g, kind):
    if kind == "snip":
        score = (w * g).abs().mean(0)
        return score / score.sum().clamp(min=1e-30)
    if kind == "taylor":
        return (w * g).sum((2, 3, 4)).abs().mean(0)
    if kind == "fisher":
        return 0.5 * g.square().mean(0) * w.square()
    raise ValueError(kind)


# %% wrong="taylor adds the sizes |w * gradient| of a filter; opposite signs cancel before the size is taken."
def saliency(w, g, kind):
    change = w * g.mean(0)
    if kind == "snip":
        return change.abs() / change.abs().sum().clamp(min=1e-30)
    if kind == "taylor":
        return change.abs().sum((1, 2, 3))
    if kind == "fisher":
        return 0.5 * g.square().mean(0) * w.square()
    raise ValueError(kind)


# %% wrong="taylor keeps its sign; a loss that falls is a change too, so the size counts."
def saliency(w, g, kind):
    change = w * g.mean(0)
    if kind == "snip":
        return change.abs() / change.abs().sum().clamp(min=1e-30)
    if kind == "taylor":
        return change.sum((1, 2, 3))
    if kind == "fisher":
        return 0.5 * g.square().mean(0) * w.square()
    raise ValueError(kind)


# %% wrong="taylor adds over the filters and gives a score for each input channel; asked for is one for each filter."
def saliency(w, g, kind):
    change = w * g.mean(0)
    if kind == "snip":
        return change.abs() / change.abs().sum().clamp(min=1e-30)
    if kind == "taylor":
        return change.sum((0, 2, 3)).abs()
    if kind == "fisher":
        return 0.5 * g.square().mean(0) * w.square()
    raise ValueError(kind)


# %% wrong="fisher squares the mean gradient; it is the mean of the squared per-sample gradients."
def saliency(w, g, kind):
    change = w * g.mean(0)
    if kind == "snip":
        return change.abs() / change.abs().sum().clamp(min=1e-30)
    if kind == "taylor":
        return change.sum((1, 2, 3)).abs()
    if kind == "fisher":
        return 0.5 * g.mean(0).square() * w.square()
    raise ValueError(kind)


# %% wrong="fisher lacks the squared weight: half the curvature says nothing yet of how far the weight moves."
def saliency(w, g, kind):
    change = w * g.mean(0)
    if kind == "snip":
        return change.abs() / change.abs().sum().clamp(min=1e-30)
    if kind == "taylor":
        return change.sum((1, 2, 3)).abs()
    if kind == "fisher":
        return 0.5 * g.square().mean(0)
    raise ValueError(kind)


# %% wrong="fisher lacks the factor 1/2 of the second-order term."
def saliency(w, g, kind):
    change = w * g.mean(0)
    if kind == "snip":
        return change.abs() / change.abs().sum().clamp(min=1e-30)
    if kind == "taylor":
        return change.sum((1, 2, 3)).abs()
    if kind == "fisher":
        return g.square().mean(0) * w.square()
    raise ValueError(kind)


# %% wrong="The gradients of the samples are added up instead of averaged."
def saliency(w, g, kind):
    change = w * g.sum(0)
    if kind == "snip":
        return change.abs() / change.abs().sum().clamp(min=1e-30)
    if kind == "taylor":
        return change.sum((1, 2, 3)).abs()
    if kind == "fisher":
        return 0.5 * g.square().sum(0) * w.square()
    raise ValueError(kind)


# %% wrong="pow_ and square_ work in place: the gradients of the caller come back squared."
def saliency(w, g, kind):
    change = w * g.mean(0)
    if kind == "snip":
        return change.abs() / change.abs().sum().clamp(min=1e-30)
    if kind == "taylor":
        return change.sum((1, 2, 3)).abs()
    if kind == "fisher":
        return 0.5 * g.pow_(2).mean(0) * w.square()
    raise ValueError(kind)


# %% right="einsum over samples and weights"
def saliency(w, g, kind):
    n = len(g)
    if kind == "taylor":
        return torch.einsum("oihw,noihw->o", w, g).abs() / n
    if kind == "fisher":
        return torch.einsum("noihw,noihw,oihw,oihw->oihw", g, g, w, w) / (2 * n)
    if kind != "snip":
        raise ValueError("kind")
    score = torch.einsum("oihw,noihw->oihw", w, g).abs()
    return score / score.sum() if score.any() else score


# %% right="a running mean over the samples"
def saliency(w, g, kind):
    if kind not in ("snip", "taylor", "fisher"):
        raise ValueError(f"no such kind: {kind}")
    first, second = torch.zeros_like(w), torch.zeros_like(w)
    for sample in g:
        first = first + sample / len(g)
        second = second + sample**2 / len(g)
    if kind == "fisher":
        return second * w * w / 2
    product = first * w
    if kind == "taylor":
        return torch.stack([channel.sum().abs() for channel in product])
    return torch.nan_to_num(product.abs() / product.abs().sum())


# %% right="NumPy in double precision"
import numpy as np
import torch


def saliency(w, g, kind):
    weights, grads = w.detach().numpy().astype(np.float64), g.detach().numpy().astype(np.float64)
    change = weights * grads.mean(axis=0)
    if kind == "snip":
        total = np.abs(change).sum()
        score = np.abs(change) / (total if total else 1.0)
    elif kind == "taylor":
        score = np.abs(change.sum(axis=(1, 2, 3)))
    elif kind == "fisher":
        score = (grads**2).mean(axis=0) * weights**2 / 2
    else:
        raise ValueError(kind)
    return torch.from_numpy(score).to(w.dtype)
