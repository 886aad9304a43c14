# %% wrong="The largest |w| is taken over the inputs of each output: s needs one for each input channel."
def smooth_scales(x_absmax, w, alpha):
    if not 0 <= alpha <= 1:
        raise ValueError(alpha)
    w_absmax = w.abs().amax(1)[: len(x_absmax)]
    s = x_absmax[: len(w_absmax)] ** alpha / w_absmax ** (1 - alpha)
    s = torch.where((x_absmax[: len(w_absmax)] > 0) & (w_absmax > 0), s, 1.0)
    return torch.cat([s, torch.ones(len(x_absmax) - len(s), dtype=s.dtype)])


# %% wrong="The exponents are swapped: x has alpha, w has 1 - alpha."
def smooth_scales(x_absmax, w, alpha):
    if not 0 <= alpha <= 1:
        raise ValueError(alpha)
    w_absmax = w.abs().amax(0)
    s = x_absmax ** (1 - alpha) / w_absmax**alpha
    return torch.where((x_absmax > 0) & (w_absmax > 0), s, 1.0)


# %% wrong="Upside down: this is what w would be divided by."
def smooth_scales(x_absmax, w, alpha):
    if not 0 <= alpha <= 1:
        raise ValueError(alpha)
    w_absmax = w.abs().amax(0)
    s = w_absmax ** (1 - alpha) / x_absmax**alpha
    return torch.where((x_absmax > 0) & (w_absmax > 0), s, 1.0)


# %% wrong="Both have the exponent alpha: w has 1 - alpha."
def smooth_scales(x_absmax, w, alpha):
    if not 0 <= alpha <= 1:
        raise ValueError(alpha)
    w_absmax = w.abs().amax(0)
    s = x_absmax**alpha / w_absmax**alpha
    return torch.where((x_absmax > 0) & (w_absmax > 0), s, 1.0)


# %% wrong="The two powers are multiplied: the weights' has to divide."
def smooth_scales(x_absmax, w, alpha):
    if not 0 <= alpha <= 1:
        raise ValueError(alpha)
    w_absmax = w.abs().amax(0)
    s = x_absmax**alpha * w_absmax ** (1 - alpha)
    return torch.where((x_absmax > 0) & (w_absmax > 0), s, 1.0)


# %% wrong="The largest signed weight counts, not the largest size."
def smooth_scales(x_absmax, w, alpha):
    if not 0 <= alpha <= 1:
        raise ValueError(alpha)
    w_max = w.amax(0)
    s = x_absmax**alpha / w_max.abs() ** (1 - alpha)
    return torch.where((x_absmax > 0) & (w_max.abs() > 0), s, 1.0)


# %% wrong="The mean |w| of a column counts here: the largest is asked for."
def smooth_scales(x_absmax, w, alpha):
    if not 0 <= alpha <= 1:
        raise ValueError(alpha)
    w_mean = w.abs().mean(0)
    s = x_absmax**alpha / w_mean ** (1 - alpha)
    return torch.where((x_absmax > 0) & (w_mean > 0), s, 1.0)


# %% wrong="One number for all of w: each input channel has its own largest |w|."
def smooth_scales(x_absmax, w, alpha):
    if not 0 <= alpha <= 1:
        raise ValueError(alpha)
    w_absmax = w.abs().amax()
    s = x_absmax**alpha / w_absmax ** (1 - alpha)
    return torch.where((x_absmax > 0) & (w.abs().amax(0) > 0), s, 1.0)


# %% wrong="The weights are left out: s has to balance both."
def smooth_scales(x_absmax, w, alpha):
    if not 0 <= alpha <= 1:
        raise ValueError(alpha)
    return torch.where((x_absmax > 0) & (w.abs().amax(0) > 0), x_absmax**alpha, 1.0)


# %% wrong="The scales are divided by their largest: no such norm is asked for."
def smooth_scales(x_absmax, w, alpha):
    if not 0 <= alpha <= 1:
        raise ValueError(alpha)
    w_absmax = w.abs().amax(0)
    s = torch.where((x_absmax > 0) & (w_absmax > 0), x_absmax**alpha / w_absmax ** (1 - alpha), 1.0)
    return s / s.max()


# %% wrong="alpha is fixed at 1/2."
def smooth_scales(x_absmax, w, alpha):
    if not 0 <= alpha <= 1:
        raise ValueError(alpha)
    w_absmax = w.abs().amax(0)
    s = (x_absmax / w_absmax).sqrt()
    return torch.where((x_absmax > 0) & (w_absmax > 0), s, 1.0)


# %% right="by logarithms, in double precision"
import torch


def smooth_scales(x_absmax, w, alpha):
    if alpha < 0 or alpha > 1:
        raise ValueError(f"alpha must be in [0, 1], got {alpha}")
    w_absmax = w.abs().max(dim=0).values
    usable = (x_absmax > 0) & (w_absmax > 0)
    x_log = torch.where(usable, x_absmax, 1).double().log()
    w_log = torch.where(usable, w_absmax, 1).double().log()
    return (alpha * x_log - (1 - alpha) * w_log).exp().to(x_absmax.dtype)


# %% right="channel by channel"
def smooth_scales(x_absmax, w, alpha):
    if not 0 <= alpha <= 1:
        raise ValueError(f"alpha must be in [0, 1], got {alpha}")
    s = torch.ones_like(x_absmax)
    for j, x in enumerate(x_absmax.tolist()):
        largest = w[:, j].abs().max().item()
        if x > 0 and largest > 0:
            s[j] = x**alpha / largest ** (1 - alpha)
    return s
