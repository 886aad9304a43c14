# %% wrong="delta is 0.7 of the largest |w|; it is 0.7 of the mean."
def ternarize(w):
    delta = 0.7 * w.abs().max()
    kept = w.abs() > delta
    scale = (w.abs() * kept).sum() / kept.sum().clamp(min=1)
    return (w.sign() * kept).to(torch.int8), delta, scale


def ttq_gradients(grad, t, w_p, w_n):
    factor = torch.where(t > 0, w_p, torch.where(t < 0, w_n, torch.ones_like(w_p)))
    return grad[t > 0].sum(), -grad[t < 0].sum(), grad * factor


# %% wrong="delta is 0.7 of the mean of w, signs and all; it is that of |w|."
def ternarize(w):
    delta = 0.7 * w.mean()
    kept = w.abs() > delta
    scale = (w.abs() * kept).sum() / kept.sum().clamp(min=1)
    return (w.sign() * kept).to(torch.int8), delta, scale


def ttq_gradients(grad, t, w_p, w_n):
    factor = torch.where(t > 0, w_p, torch.where(t < 0, w_n, torch.ones_like(w_p)))
    return grad[t > 0].sum(), -grad[t < 0].sum(), grad * factor


# %% wrong="The scale is the mean |w| over all weights; it is over those that stay."
def ternarize(w):
    delta = 0.7 * w.abs().mean()
    kept = w.abs() > delta
    scale = w.abs().mean()
    return (w.sign() * kept).to(torch.int8), delta, scale


def ttq_gradients(grad, t, w_p, w_n):
    factor = torch.where(t > 0, w_p, torch.where(t < 0, w_n, torch.ones_like(w_p)))
    return grad[t > 0].sum(), -grad[t < 0].sum(), grad * factor


# %% wrong="The scale averages w, signs and all; it averages |w|."
def ternarize(w):
    delta = 0.7 * w.abs().mean()
    kept = w.abs() > delta
    scale = (w * kept).sum() / kept.sum().clamp(min=1)
    return (w.sign() * kept).to(torch.int8), delta, scale


def ttq_gradients(grad, t, w_p, w_n):
    factor = torch.where(t > 0, w_p, torch.where(t < 0, w_n, torch.ones_like(w_p)))
    return grad[t > 0].sum(), -grad[t < 0].sum(), grad * factor


# %% wrong="delta is 0.5 of the mean |w|; the paper's 0.7 is asked for."
def ternarize(w):
    delta = 0.5 * w.abs().mean()
    kept = w.abs() > delta
    scale = (w.abs() * kept).sum() / kept.sum().clamp(min=1)
    return (w.sign() * kept).to(torch.int8), delta, scale


def ttq_gradients(grad, t, w_p, w_n):
    factor = torch.where(t > 0, w_p, torch.where(t < 0, w_n, torch.ones_like(w_p)))
    return grad[t > 0].sum(), -grad[t < 0].sum(), grad * factor


# %% wrong="0.7 is missing: delta is the mean |w| itself."
def ternarize(w):
    delta = w.abs().mean()
    kept = w.abs() > delta
    scale = (w.abs() * kept).sum() / kept.sum().clamp(min=1)
    return (w.sign() * kept).to(torch.int8), delta, scale


def ttq_gradients(grad, t, w_p, w_n):
    factor = torch.where(t > 0, w_p, torch.where(t < 0, w_n, torch.ones_like(w_p)))
    return grad[t > 0].sum(), -grad[t < 0].sum(), grad * factor


# %% wrong="The threshold is compared with w, not with |w|: no negative weight stays."
def ternarize(w):
    delta = 0.7 * w.abs().mean()
    kept = w > delta
    scale = (w.abs() * kept).sum() / kept.sum().clamp(min=1)
    return (w.sign() * kept).to(torch.int8), delta, scale


def ttq_gradients(grad, t, w_p, w_n):
    factor = torch.where(t > 0, w_p, torch.where(t < 0, w_n, torch.ones_like(w_p)))
    return grad[t > 0].sum(), -grad[t < 0].sum(), grad * factor


# %% wrong="t is the mask of kept weights; their signs are lost."
def ternarize(w):
    delta = 0.7 * w.abs().mean()
    kept = w.abs() > delta
    scale = (w.abs() * kept).sum() / kept.sum().clamp(min=1)
    return kept.to(torch.int8), delta, scale


def ttq_gradients(grad, t, w_p, w_n):
    factor = torch.where(t > 0, w_p, torch.where(t < 0, w_n, torch.ones_like(w_p)))
    return grad[t > 0].sum(), -grad[t < 0].sum(), grad * factor


# %% wrong="t holds the scaled weights; asked for are -1, 0 and +1, int8."
def ternarize(w):
    delta = 0.7 * w.abs().mean()
    kept = w.abs() > delta
    scale = (w.abs() * kept).sum() / kept.sum().clamp(min=1)
    return scale * w.sign() * kept, delta, scale


def ttq_gradients(grad, t, w_p, w_n):
    factor = torch.where(t > 0, w_p, torch.where(t < 0, w_n, torch.ones_like(w_p)))
    return grad[t > 0].sum(), -grad[t < 0].sum(), grad * factor


# %% wrong="The mean over no weights is NaN: where none stays the scale is 0, and equal weights all stay."
def ternarize(w):
    delta = 0.7 * w.abs().mean()
    kept = w.abs() > w.abs().mean()
    scale = w.abs()[kept].mean()
    return (w.sign() * kept).to(torch.int8), delta, scale


def ttq_gradients(grad, t, w_p, w_n):
    factor = torch.where(t > 0, w_p, torch.where(t < 0, w_n, torch.ones_like(w_p)))
    return grad[t > 0].sum(), -grad[t < 0].sum(), grad * factor


# %% wrong="Each row has a threshold and a scale of its own; there is one for the layer."
def ternarize(w):
    rows = w.reshape(len(w), -1)
    delta = 0.7 * rows.abs().mean(1, keepdim=True)
    kept = rows.abs() > delta
    scale = (rows.abs() * kept).sum(1) / kept.sum(1).clamp(min=1)
    return (rows.sign() * kept).to(torch.int8).reshape(w.shape), delta.flatten(), scale


def ttq_gradients(grad, t, w_p, w_n):
    factor = torch.where(t > 0, w_p, torch.where(t < 0, w_n, torch.ones_like(w_p)))
    return grad[t > 0].sum(), -grad[t < 0].sum(), grad * factor


# %% wrong="The gradient of w_n lacks its minus: the weight is -w_n where t = -1."
def ternarize(w):
    delta = 0.7 * w.abs().mean()
    kept = w.abs() > delta
    scale = (w.abs() * kept).sum() / kept.sum().clamp(min=1)
    return (w.sign() * kept).to(torch.int8), delta, scale


def ttq_gradients(grad, t, w_p, w_n):
    factor = torch.where(t > 0, w_p, torch.where(t < 0, w_n, torch.ones_like(w_p)))
    return grad[t > 0].sum(), grad[t < 0].sum(), grad * factor


# %% wrong="The scales' gradients are means; the chain rule sums."
def ternarize(w):
    delta = 0.7 * w.abs().mean()
    kept = w.abs() > delta
    scale = (w.abs() * kept).sum() / kept.sum().clamp(min=1)
    return (w.sign() * kept).to(torch.int8), delta, scale


def ttq_gradients(grad, t, w_p, w_n):
    factor = torch.where(t > 0, w_p, torch.where(t < 0, w_n, torch.ones_like(w_p)))
    return grad[t > 0].mean(), -grad[t < 0].mean(), grad * factor


# %% wrong="w_p and w_n are in each other's place in the gradient of the latent weight."
def ternarize(w):
    delta = 0.7 * w.abs().mean()
    kept = w.abs() > delta
    scale = (w.abs() * kept).sum() / kept.sum().clamp(min=1)
    return (w.sign() * kept).to(torch.int8), delta, scale


def ttq_gradients(grad, t, w_p, w_n):
    factor = torch.where(t > 0, w_n, torch.where(t < 0, w_p, torch.ones_like(w_p)))
    return grad[t > 0].sum(), -grad[t < 0].sum(), grad * factor


# %% wrong="The latent weight gets no gradient where t = 0: it could never come back."
def ternarize(w):
    delta = 0.7 * w.abs().mean()
    kept = w.abs() > delta
    scale = (w.abs() * kept).sum() / kept.sum().clamp(min=1)
    return (w.sign() * kept).to(torch.int8), delta, scale


def ttq_gradients(grad, t, w_p, w_n):
    factor = torch.where(t > 0, w_p, torch.where(t < 0, w_n, torch.zeros_like(w_p)))
    return grad[t > 0].sum(), -grad[t < 0].sum(), grad * factor


# %% wrong="The latent weight gets the gradient unscaled; it is times w_p and times w_n where t is not 0."
def ternarize(w):
    delta = 0.7 * w.abs().mean()
    kept = w.abs() > delta
    scale = (w.abs() * kept).sum() / kept.sum().clamp(min=1)
    return (w.sign() * kept).to(torch.int8), delta, scale


def ttq_gradients(grad, t, w_p, w_n):
    factor = torch.where(t > 0, w_p, torch.where(t < 0, w_n, torch.ones_like(w_p)))
    return grad[t > 0].sum(), -grad[t < 0].sum(), grad.clone()


# %% wrong="The latent weight is multiplied by -w_n where t = -1; its factor is w_n."
def ternarize(w):
    delta = 0.7 * w.abs().mean()
    kept = w.abs() > delta
    scale = (w.abs() * kept).sum() / kept.sum().clamp(min=1)
    return (w.sign() * kept).to(torch.int8), delta, scale


def ttq_gradients(grad, t, w_p, w_n):
    factor = torch.where(t > 0, w_p, torch.where(t < 0, -w_n, torch.ones_like(w_p)))
    return grad[t > 0].sum(), -grad[t < 0].sum(), grad * factor


# %% wrong="Both scales share one gradient, as if there were one: w_p belongs to t = 1, w_n to t = -1."
def ternarize(w):
    delta = 0.7 * w.abs().mean()
    kept = w.abs() > delta
    scale = (w.abs() * kept).sum() / kept.sum().clamp(min=1)
    return (w.sign() * kept).to(torch.int8), delta, scale


def ttq_gradients(grad, t, w_p, w_n):
    factor = torch.where(t > 0, w_p, torch.where(t < 0, w_n, torch.ones_like(w_p)))
    both = (grad * t).sum()
    return both, both, grad * factor


# %% wrong="The scales' gradients are multiplied by the scales; the weight's derivative by w_p is 1."
def ternarize(w):
    delta = 0.7 * w.abs().mean()
    kept = w.abs() > delta
    scale = (w.abs() * kept).sum() / kept.sum().clamp(min=1)
    return (w.sign() * kept).to(torch.int8), delta, scale


def ttq_gradients(grad, t, w_p, w_n):
    factor = torch.where(t > 0, w_p, torch.where(t < 0, w_n, torch.ones_like(w_p)))
    return w_p * grad[t > 0].sum(), -w_n * grad[t < 0].sum(), grad * factor


# %% right="loops and lists"
def ternarize(w):
    sizes = [abs(v) for v in w.double().flatten().tolist()]
    delta = 0.7 * w.abs().mean()
    kept = [s for s in sizes if s > delta.item()]
    scale = torch.tensor(sum(kept) / len(kept) if kept else 0.0, dtype=w.dtype)
    t = torch.zeros(w.shape, dtype=torch.int8)
    t[w > delta] = 1
    t[w < -delta] = -1
    return t, delta, scale


def ttq_gradients(grad, t, w_p, w_n):
    latent = grad.clone()
    latent[t == 1] *= w_p
    latent[t == -1] *= w_n
    return (grad * (t == 1)).sum(), -(grad * (t == -1)).sum(), latent


# %% right="autograd finds the gradients of the scales"
def ternarize(w):
    size = torch.abs(w)
    delta = torch.mean(size) * 0.7
    positive, negative = (w > delta).to(torch.int8), (w < -delta).to(torch.int8)
    n_kept = int(positive.sum() + negative.sum())
    total = torch.where(size > delta, size, torch.zeros_like(size)).sum()
    return positive - negative, delta, total / max(n_kept, 1)


def ttq_gradients(grad, t, w_p, w_n):
    with torch.enable_grad():
        p, n = w_p.detach().clone().requires_grad_(), w_n.detach().clone().requires_grad_()
        weight = p * (t == 1) - n * (t == -1)
        g_p, g_n = torch.autograd.grad((weight * grad).sum(), (p, n))
    plus, minus = (t == 1).to(grad.dtype), (t == -1).to(grad.dtype)
    return g_p, g_n, grad * (w_p * plus + w_n * minus + (1 - plus - minus))
