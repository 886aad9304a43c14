# %% wrong="torch.sign leaves 0 as 0; it counts as +1."
def binarize(w, mode="deterministic", generator=None):
    if mode == "deterministic":
        return w.sign()
    if mode == "stochastic":
        p = ((w + 1) / 2).clamp(0, 1)
        return (torch.rand(w.shape, generator=generator, dtype=w.dtype) < p).to(w.dtype) * 2 - 1
    raise ValueError(mode)


# %% wrong="0 becomes -1; it counts as +1."
def binarize(w, mode="deterministic", generator=None):
    if mode == "deterministic":
        positive = w > 0
    elif mode == "stochastic":
        p = ((w + 1) / 2).clamp(0, 1)
        positive = torch.rand(w.shape, generator=generator, dtype=w.dtype) < p
    else:
        raise ValueError(mode)
    return positive.to(w.dtype) * 2 - 1


# %% wrong="The logistic sigmoid is taken for p; here it is the hard one, clip((w + 1) / 2, 0, 1)."
def binarize(w, mode="deterministic", generator=None):
    if mode == "deterministic":
        positive = w >= 0
    elif mode == "stochastic":
        p = torch.sigmoid(w)
        positive = torch.rand(w.shape, generator=generator, dtype=w.dtype) < p
    else:
        raise ValueError(mode)
    return positive.to(w.dtype) * 2 - 1


# %% wrong="p is w itself, clipped; it is (w + 1) / 2, so that the mean of many draws is w."
def binarize(w, mode="deterministic", generator=None):
    if mode == "deterministic":
        positive = w >= 0
    elif mode == "stochastic":
        p = w.clamp(0, 1)
        positive = torch.rand(w.shape, generator=generator, dtype=w.dtype) < p
    else:
        raise ValueError(mode)
    return positive.to(w.dtype) * 2 - 1


# %% wrong="The lots are upside down: +1 is drawn with probability 1 - p."
def binarize(w, mode="deterministic", generator=None):
    if mode == "deterministic":
        positive = w >= 0
    elif mode == "stochastic":
        p = ((w + 1) / 2).clamp(0, 1)
        positive = torch.rand(w.shape, generator=generator, dtype=w.dtype) > p
    else:
        raise ValueError(mode)
    return positive.to(w.dtype) * 2 - 1


# %% wrong="Lots come from the global generator, not from the one that was given."
def binarize(w, mode="deterministic", generator=None):
    if mode == "deterministic":
        positive = w >= 0
    elif mode == "stochastic":
        p = ((w + 1) / 2).clamp(0, 1)
        positive = torch.rand(w.shape, dtype=w.dtype) < p
    else:
        raise ValueError(mode)
    return positive.to(w.dtype) * 2 - 1


# %% wrong="One lot decides for all weights; each has its own."
def binarize(w, mode="deterministic", generator=None):
    if mode == "deterministic":
        positive = w >= 0
    elif mode == "stochastic":
        p = ((w + 1) / 2).clamp(0, 1)
        positive = torch.rand((), generator=generator, dtype=w.dtype) < p
    else:
        raise ValueError(mode)
    return positive.to(w.dtype) * 2 - 1


# %% wrong="Normal numbers are compared with p; a probability needs uniform ones."
def binarize(w, mode="deterministic", generator=None):
    if mode == "deterministic":
        positive = w >= 0
    elif mode == "stochastic":
        p = ((w + 1) / 2).clamp(0, 1)
        positive = torch.randn(w.shape, generator=generator, dtype=w.dtype) < p
    else:
        raise ValueError(mode)
    return positive.to(w.dtype) * 2 - 1


# %% wrong="The values are 0 and 1; asked for are -1 and +1."
def binarize(w, mode="deterministic", generator=None):
    if mode == "deterministic":
        positive = w >= 0
    elif mode == "stochastic":
        p = ((w + 1) / 2).clamp(0, 1)
        positive = torch.rand(w.shape, generator=generator, dtype=w.dtype) < p
    else:
        raise ValueError(mode)
    return positive.to(w.dtype)


# %% wrong="The stochastic mode gives the sign: nothing is drawn."
def binarize(w, mode="deterministic", generator=None):
    if mode == "deterministic":
        positive = w >= 0
    elif mode == "stochastic":
        p = ((w + 1) / 2).clamp(0, 1)
        positive = p >= 0.5
    else:
        raise ValueError(mode)
    return positive.to(w.dtype) * 2 - 1


# %% wrong="The result is float32 whatever w is; it has the dtype of w."
def binarize(w, mode="deterministic", generator=None):
    if mode == "deterministic":
        positive = w >= 0
    elif mode == "stochastic":
        p = ((w + 1) / 2).clamp(0, 1)
        positive = torch.rand(w.shape, generator=generator, dtype=w.dtype) < p
    else:
        raise ValueError(mode)
    return positive.float() * 2 - 1


# %% wrong="The weights are clipped in place: the caller's tensor changes."
def binarize(w, mode="deterministic", generator=None):
    if mode == "deterministic":
        return w.copy_(torch.where(w >= 0, 1.0, -1.0))
    if mode == "stochastic":
        p = (w.clamp_(-1, 1) + 1) / 2
        return (torch.rand(w.shape, generator=generator, dtype=w.dtype) < p).to(w.dtype) * 2 - 1
    raise ValueError(mode)


# %% right="torch.where and torch.bernoulli"
def binarize(w, mode="deterministic", generator=None):
    one = torch.ones_like(w)
    if mode == "deterministic":
        return torch.where(w < 0, -one, one)
    if mode == "stochastic":
        p = torch.clamp((w + 1) / 2, min=0, max=1)
        return 2 * torch.bernoulli(p, generator=generator) - 1
    raise ValueError(f"mode {mode}")


# %% right="a uniform number of [-1, 1) is compared with w"
def binarize(w, mode="deterministic", generator=None):
    if mode not in ("deterministic", "stochastic"):
        raise ValueError("mode")
    limit = torch.zeros_like(w)
    if mode == "stochastic":
        limit = torch.empty(w.shape, dtype=w.dtype).uniform_(-1, 1, generator=generator)
    signs = torch.full(w.shape, -1.0, dtype=w.dtype)
    signs[(limit < w) | ((limit == w) & (limit == 0))] = 1.0
    return signs
